package io.neuralake.exec.row;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.PhysicalType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Picks rows of a column by index into a new column. Dictionaries, constants and the heaps of
/// strings are shared, not copied. Thread-safe.
public final class ColumnGather {
    private ColumnGather() {}

    /// Returns a column of `count` rows of `source`, which the caller owns. A dictionary column
    /// keeps its dictionary, a constant stays constant.
    ///
    /// @param indexes `count` int32 rows of the source in any order, repeats allowed; where one is
    ///     negative and the source has rows, the result is readable but has no meaning
    public static Column gather(
            Column source, MemorySegment indexes, int count, MemoryAllocator allocator) {
        return gather(source, indexes, count, allocator, false);
    }

    /// As [#gather], but index -1 gives a null row.
    public static Column gatherNullable(
            Column source, MemorySegment indexes, int count, MemoryAllocator allocator) {
        if (!GatherKernels.hasNegative(indexes, count)) {
            return gather(source, indexes, count, allocator, false);
        }
        return source.rowCount() == 0
                ? ConstantColumns.nulls(source.type(), count, allocator)
                : gather(source, indexes, count, allocator, true);
    }

    private static Column gather(
            Column source,
            MemorySegment indexes,
            int count,
            MemoryAllocator allocator,
            boolean nullable) {
        if (source instanceof ConstantColumn constant && (!nullable || constant.isNull())) {
            return ConstantColumns.of(count, constant.single());
        }
        try (Ownership owned = new Ownership()) {
            DataBuffer validity = null;
            if (source.validity() != null || nullable) {
                validity = owned.hold(allocator.allocate(Bitmap.bytes(count)));
                GatherKernels.gatherValidity(source.validity(), indexes, count, validity.segment());
            }
            Column result =
                    switch (source) {
                        case ConstantColumn c -> repeat(c, count, allocator, validity, owned);
                        case DictionaryColumn d ->
                                codes(d, indexes, count, allocator, validity, owned);
                        case FlatColumn f -> flat(f, indexes, count, allocator, validity, owned);
                        case ViewColumn v -> views(v, indexes, count, allocator, validity, owned);
                        case ListColumn l -> lists(l, indexes, count, allocator, validity, owned);
                        case StructColumn s ->
                                structs(s, indexes, count, allocator, validity, owned);
                    };
            owned.transfer();
            return result;
        }
    }

    /// Makes a constant with null rows, which takes the form of a dictionary of one row.
    private static Column repeat(
            ConstantColumn source,
            int count,
            MemoryAllocator allocator,
            @Nullable DataBuffer validity,
            Ownership owned) {
        DataBuffer codes = owned.hold(allocator.allocateZeroed((long) count << 2));
        return new DictionaryColumn(count, codes, source.single().retain(), validity);
    }

    private static Column codes(
            DictionaryColumn source,
            MemorySegment indexes,
            int count,
            MemoryAllocator allocator,
            @Nullable DataBuffer validity,
            Ownership owned) {
        DataBuffer codes = owned.hold(allocator.allocate((long) count << 2));
        GatherKernels.gather32(source.codesBuffer(), indexes, count, codes.segment());
        return new DictionaryColumn(count, codes, source.dictionary().retain(), validity);
    }

    private static Column flat(
            FlatColumn source,
            MemorySegment indexes,
            int count,
            MemoryAllocator allocator,
            @Nullable DataBuffer validity,
            Ownership owned) {
        PhysicalType physical = source.type().physical();
        DataBuffer values =
                owned.hold(
                        allocator.allocate(
                                physical == PhysicalType.BIT
                                        ? Bitmap.bytes(count)
                                        : (long) count * physical.width()));
        DataBuffer from = source.valuesBuffer();
        MemorySegment to = values.segment();
        switch (physical) {
            case BIT -> GatherKernels.gatherBits(from, indexes, count, to);
            case INT8 -> GatherKernels.gather8(from, indexes, count, to);
            case INT16 -> GatherKernels.gather16(from, indexes, count, to);
            case INT32, FLOAT32 -> GatherKernels.gather32(from, indexes, count, to);
            case INT64, FLOAT64 -> GatherKernels.gather64(from, indexes, count, to);
            case INT128 -> GatherKernels.gather128(from, indexes, count, to);
            case VIEW, LIST, STRUCT ->
                    throw new IllegalStateException("Not a flat type: " + source.type().sql());
        }
        return new FlatColumn(source.type(), count, values, validity);
    }

    private static Column views(
            ViewColumn source,
            MemorySegment indexes,
            int count,
            MemoryAllocator allocator,
            @Nullable DataBuffer validity,
            Ownership owned) {
        DataBuffer views = owned.hold(allocator.allocate((long) count * StringView.BYTES));
        GatherKernels.gatherViews(source.viewsBuffer(), indexes, count, views.segment());
        DataBuffer heap = source.heap();
        return new ViewColumn(
                source.type(), count, views, heap == null ? null : heap.retain(), validity);
    }

    private static Column lists(
            ListColumn source,
            MemorySegment indexes,
            int count,
            MemoryAllocator allocator,
            @Nullable DataBuffer validity,
            Ownership owned) {
        DataBuffer offsets = owned.hold(allocator.allocate((count + 1L) << 2));
        int elements =
                GatherKernels.gatherOffsets(
                        source.offsetsBuffer(), indexes, count, offsets.segment());
        DataBuffer rows = allocator.allocate((long) elements << 2);
        Column child;
        try {
            GatherKernels.elementIndexes(
                    source.offsetsBuffer(), indexes, count, offsets.segment(), rows.segment());
            child = gather(source.child(), rows.segment(), elements, allocator, false);
        } finally {
            rows.release();
        }
        return new ListColumn(source.type(), count, offsets, child, validity);
    }

    private static Column structs(
            StructColumn source,
            MemorySegment indexes,
            int count,
            MemoryAllocator allocator,
            @Nullable DataBuffer validity,
            Ownership owned) {
        List<Column> children = new ArrayList<>(source.children().size());
        for (Column child : source.children()) {
            children.add(owned.hold(gatherNullable(child, indexes, count, allocator)));
        }
        return new StructColumn(source.type(), count, children, validity);
    }
}
