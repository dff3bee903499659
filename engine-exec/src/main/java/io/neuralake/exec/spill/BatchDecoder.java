package io.neuralake.exec.spill;

import io.neuralake.exec.row.Ownership;
import io.neuralake.spi.batch.Batch;
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
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Makes columns over memory that [BatchEncoder] wrote: they share it, and views get their addresses
/// in place.
final class BatchDecoder {
    private final DataBuffer block;
    private long at;

    private BatchDecoder(DataBuffer block) {
        this.block = block;
    }

    /// Returns the batch, which the caller owns and which retains the block.
    static Batch decode(DataBuffer block, List<Type> types, int rowCount) {
        try (Ownership owned = new Ownership()) {
            BatchDecoder decoder = new BatchDecoder(block);
            Column[] columns = new Column[types.size()];
            for (int i = 0; i < columns.length; i++) {
                columns[i] = owned.hold(decoder.column(types.get(i)));
            }
            Batch batch = Batch.of(rowCount, columns);
            owned.transfer();
            return batch;
        }
    }

    private Column column(Type type) {
        MemorySegment memory = block.segment();
        int form = memory.get(BatchEncoder.INT, at);
        int rows = memory.get(BatchEncoder.INT, at + 4);
        boolean hasValidity = memory.get(BatchEncoder.INT, at + 8) != 0;
        at = BatchEncoder.align(at + BatchEncoder.HEADER_BYTES);
        try (Ownership mine = new Ownership()) {
            DataBuffer validity = hasValidity ? mine.hold(slice(Bitmap.bytes(rows))) : null;
            Column column =
                    switch (form) {
                        case BatchEncoder.FLAT ->
                                new FlatColumn(
                                        type,
                                        rows,
                                        slice(BatchEncoder.valueBytes(type.physical(), rows)),
                                        validity);
                        case BatchEncoder.VIEW -> views(type, rows, validity);
                        case BatchEncoder.LIST -> list(type, rows, validity, mine);
                        case BatchEncoder.STRUCT -> struct((StructType) type, rows, validity, mine);
                        case BatchEncoder.DICTIONARY -> {
                            DataBuffer codes = mine.hold(slice(4L * rows));
                            yield new DictionaryColumn(rows, codes, column(type), validity);
                        }
                        case BatchEncoder.CONSTANT -> new ConstantColumn(rows, column(type));
                        default -> throw new IllegalStateException("Not a column form: " + form);
                    };
            mine.transfer();
            return column;
        }
    }

    private Column views(Type type, int rows, @Nullable DataBuffer validity) {
        long viewsAt = at;
        DataBuffer views = slice((long) rows * StringView.BYTES);
        long heapBytes = block.segment().get(BatchEncoder.LONG, at);
        at = BatchEncoder.align(at + 8);
        if (heapBytes == 0) {
            return new ViewColumn(type, rows, views, null, validity);
        }
        DataBuffer heap = slice(heapBytes);
        MemorySegment memory = block.segment();
        for (int i = 0; i < rows; i++) {
            long view = viewsAt + ((long) i << 4);
            if (memory.get(BatchEncoder.INT, view) > StringView.MAX_INLINE) {
                long offset = memory.get(BatchEncoder.LONG, view + 8);
                memory.set(BatchEncoder.LONG, view + 8, heap.address() + offset);
            }
        }
        return new ViewColumn(type, rows, views, heap, validity);
    }

    private Column list(Type type, int rows, @Nullable DataBuffer validity, Ownership mine) {
        DataBuffer offsets = mine.hold(slice(4L * (rows + 1)));
        Type element =
                switch (type) {
                    case ListType list -> list.element();
                    case MapType map -> map.entry();
                    default -> throw new IllegalStateException("Not a list: " + type.sql());
                };
        return new ListColumn(type, rows, offsets, column(element), validity);
    }

    private Column struct(
            StructType type, int rows, @Nullable DataBuffer validity, Ownership mine) {
        List<Column> children = new ArrayList<>();
        for (int i = 0; i < type.fields().size(); i++) {
            children.add(mine.hold(column(type.fields().get(i).type())));
        }
        return new StructColumn(type, rows, children, validity);
    }

    private DataBuffer slice(long bytes) {
        DataBuffer base = block.retain();
        DataBuffer part = DataBuffer.ofSegment(base.segment().asSlice(at, bytes), base::release);
        at = BatchEncoder.align(at + bytes);
        return part;
    }
}
