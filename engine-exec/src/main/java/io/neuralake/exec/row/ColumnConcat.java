package io.neuralake.exec.row;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Puts columns of one type one after the other into a contiguous column. Strings are not copied:
/// the result holds the heaps of its parts. Thread-safe.
public final class ColumnConcat {

    /// Dictionaries of strings are put together when that gives at least so many rows a value.
    private static final int ROWS_PER_VALUE = 8;

    private ColumnConcat() {}

    /// Returns the rows of all parts, in order, which the caller owns; the parts stay the caller's. A
    /// dictionary or a constant is kept when all parts share it, small dictionaries of strings are put one
    /// after the other, and a single part is returned retained, whatever its form; else the result has a
    /// plain form. Throws OUT_OF_MEMORY beyond 2^31 - 1 rows.
    public static Column concat(Type type, List<Column> parts, MemoryAllocator allocator) {
        if (parts.isEmpty()) {
            return ColumnBuilder.of(allocator, type, List.of());
        }
        if (parts.size() == 1) {
            return parts.getFirst().retain();
        }
        int rows = rowCount(parts);
        if (parts.getFirst() instanceof ConstantColumn first && sharesConstant(parts)) {
            return new ConstantColumn(rows, first.single().retain());
        }
        Map<Column, Integer> dictionaries = dictionaries(parts);
        if (dictionaries.size() == 1
                || !dictionaries.isEmpty() && areWorthKeeping(dictionaries, type, rows)) {
            return concatCodes(parts, dictionaries, rows, allocator);
        }
        try (Ownership owned = new Ownership()) {
            List<Column> flat = new ArrayList<>(parts.size());
            for (Column part : parts) {
                flat.add(owned.hold(ColumnFlatten.flatten(part, allocator)));
            }
            return concatFlat(type, flat, rows, allocator);
        }
    }

    private static int rowCount(List<Column> parts) {
        long rows = 0;
        for (Column part : parts) {
            rows += part.rowCount();
        }
        if (rows > Integer.MAX_VALUE) {
            throw new NeuralakeException(
                    ErrorCode.OUT_OF_MEMORY, "Too many rows to hold in memory: " + rows);
        }
        return (int) rows;
    }

    private static boolean sharesConstant(List<Column> parts) {
        ConstantColumn first = (ConstantColumn) parts.getFirst();
        for (Column part : parts) {
            if (!(part instanceof ConstantColumn c) || c.single() != first.single()) {
                return false;
            }
        }
        return true;
    }

    /// Returns the dictionaries of the parts, each with the number of values in those before it; none if a
    /// part has no dictionary.
    private static Map<Column, Integer> dictionaries(List<Column> parts) {
        // columns have no equality but identity
        Map<Column, Integer> found = new LinkedHashMap<>();
        int values = 0;
        for (Column part : parts) {
            if (!(part instanceof DictionaryColumn coded)) {
                return Map.of();
            }
            Column dictionary = coded.dictionary();
            if (found.putIfAbsent(dictionary, values) == null) {
                values = (int) Math.min((long) values + dictionary.rowCount(), Integer.MAX_VALUE);
            }
        }
        return found;
    }

    /// Codes of strings take a quarter of the memory, and spare whoever groups or compares the rows most of
    /// the work; of numbers they take as much as the numbers.
    private static boolean areWorthKeeping(Map<Column, Integer> dictionaries, Type type, int rows) {
        long values = 0;
        for (Column dictionary : dictionaries.keySet()) {
            values += dictionary.rowCount();
        }
        return type.physical() == PhysicalType.VIEW && values * ROWS_PER_VALUE <= rows;
    }

    private static Column concatCodes(
            List<Column> parts,
            Map<Column, Integer> dictionaries,
            int rows,
            MemoryAllocator allocator) {
        try (Ownership owned = new Ownership()) {
            DataBuffer validity = validity(parts, rows, allocator, owned);
            DataBuffer codes = owned.hold(allocator.allocate((long) rows << 2));
            long at = 0;
            for (Column part : parts) {
                DictionaryColumn coded = (DictionaryColumn) part;
                int base = java.util.Objects.requireNonNull(dictionaries.get(coded.dictionary()));
                if (base == 0) {
                    at = append(coded.codes(), 4L * part.rowCount(), codes, at);
                } else {
                    at = appendCodes(coded.codes(), base, part.rowCount(), codes.segment(), at);
                }
            }
            List<Column> values = List.copyOf(dictionaries.keySet());
            Column dictionary = owned.hold(concat(values.getFirst().type(), values, allocator));
            Column result = new DictionaryColumn(rows, codes, dictionary, validity);
            owned.transfer();
            return result;
        }
    }

    private static long appendCodes(
            MemorySegment from, int base, int count, MemorySegment to, long at) {
        for (int i = 0; i < count; i++) {
            NativeMemory.setInt(
                    to, at + ((long) i << 2), NativeMemory.getInt(from, (long) i << 2) + base);
        }
        return at + 4L * count;
    }

    private static Column concatFlat(
            Type type, List<Column> parts, int rows, MemoryAllocator allocator) {
        try (Ownership owned = new Ownership()) {
            DataBuffer validity = validity(parts, rows, allocator, owned);
            Column result =
                    switch (type.physical()) {
                        case BIT -> concatBits(type, parts, rows, allocator, validity, owned);
                        case VIEW -> concatViews(type, parts, rows, allocator, validity, owned);
                        case LIST -> concatLists(type, parts, rows, allocator, validity, owned);
                        case STRUCT -> concatStructs(type, parts, rows, allocator, validity, owned);
                        case INT8, INT16, INT32, INT64, INT128, FLOAT32, FLOAT64 ->
                                concatFixed(type, parts, rows, allocator, validity, owned);
                    };
            owned.transfer();
            return result;
        }
    }

    private static Column concatFixed(
            Type type,
            List<Column> parts,
            int rows,
            MemoryAllocator allocator,
            @Nullable DataBuffer validity,
            Ownership owned) {
        long width = type.physical().width();
        DataBuffer values = owned.hold(allocator.allocate(rows * width));
        long at = 0;
        for (Column part : parts) {
            at = append(((FlatColumn) part).values(), part.rowCount() * width, values, at);
        }
        return new FlatColumn(type, rows, values, validity);
    }

    private static Column concatBits(
            Type type,
            List<Column> parts,
            int rows,
            MemoryAllocator allocator,
            @Nullable DataBuffer validity,
            Ownership owned) {
        DataBuffer values = owned.hold(allocator.allocateZeroed(Bitmap.bytes(rows)));
        int at = 0;
        for (Column part : parts) {
            appendBits(((FlatColumn) part).values(), part.rowCount(), values.segment(), at);
            at += part.rowCount();
        }
        return new FlatColumn(type, rows, values, validity);
    }

    private static Column concatViews(
            Type type,
            List<Column> parts,
            int rows,
            MemoryAllocator allocator,
            @Nullable DataBuffer validity,
            Ownership owned) {
        DataBuffer views = owned.hold(allocator.allocate((long) rows * StringView.BYTES));
        Set<DataBuffer> heaps = Collections.newSetFromMap(new IdentityHashMap<>());
        long at = 0;
        for (Column part : parts) {
            ViewColumn view = (ViewColumn) part;
            at = append(view.views(), (long) part.rowCount() * StringView.BYTES, views, at);
            DataBuffer heap = view.heap();
            if (heap != null) {
                heaps.add(heap);
            }
        }
        heaps.forEach(DataBuffer::retain);
        DataBuffer heap =
                heaps.isEmpty()
                        ? null
                        : heaps.size() == 1
                                ? heaps.iterator().next()
                                : DataBuffer.bundle(List.copyOf(heaps));
        return new ViewColumn(type, rows, views, heap, validity);
    }

    private static Column concatLists(
            Type type,
            List<Column> parts,
            int rows,
            MemoryAllocator allocator,
            @Nullable DataBuffer validity,
            Ownership owned) {
        List<Column> children = new ArrayList<>(parts.size());
        for (Column part : parts) {
            children.add(((ListColumn) part).child());
        }
        DataBuffer offsets = owned.hold(allocator.allocate((rows + 1L) << 2));
        MemorySegment to = offsets.segment();
        NativeMemory.setInt(to, 0, 0);
        Column child = owned.hold(concat(children.getFirst().type(), children, allocator));
        int row = 0;
        int base = 0;
        for (Column part : parts) {
            MemorySegment from = ((ListColumn) part).offsets();
            int count = part.rowCount();
            for (int i = 1; i <= count; i++) {
                NativeMemory.setInt(
                        to, (long) (row + i) << 2, base + NativeMemory.getInt(from, (long) i << 2));
            }
            row += count;
            base += ((ListColumn) part).child().rowCount();
        }
        return new ListColumn(type, rows, offsets, child, validity);
    }

    private static Column concatStructs(
            Type type,
            List<Column> parts,
            int rows,
            MemoryAllocator allocator,
            @Nullable DataBuffer validity,
            Ownership owned) {
        List<Column> members = new ArrayList<>();
        int memberCount = ((StructColumn) parts.getFirst()).children().size();
        for (int m = 0; m < memberCount; m++) {
            List<Column> children = new ArrayList<>(parts.size());
            for (Column part : parts) {
                children.add(((StructColumn) part).children().get(m));
            }
            members.add(owned.hold(concat(children.getFirst().type(), children, allocator)));
        }
        return new StructColumn(type, rows, members, validity);
    }

    private static @Nullable DataBuffer validity(
            List<Column> parts, int rows, MemoryAllocator allocator, Ownership owned) {
        boolean nulls = false;
        for (Column part : parts) {
            nulls |= part.validity() != null;
        }
        if (!nulls) {
            return null;
        }
        DataBuffer validity = owned.hold(allocator.allocateZeroed(Bitmap.bytes(rows)));
        int at = 0;
        for (Column part : parts) {
            DataBuffer bits = part.validity();
            appendBits(
                    bits == null ? null : bits.segment(), part.rowCount(), validity.segment(), at);
            at += part.rowCount();
        }
        return validity;
    }

    private static long append(MemorySegment from, long bytes, DataBuffer to, long at) {
        MemorySegment.copy(from, 0, to.segment(), at, bytes);
        return at + bytes;
    }

    /// Ors `count` bits of `from` (null: ones) into zeroed `to` from bit `at` on.
    static void appendBits(@Nullable MemorySegment from, int count, MemorySegment to, int at) {
        int words = (count + 63) >>> 6;
        int shift = at & 63;
        int target = at >>> 6;
        for (int w = 0; w < words; w++, target++) {
            long word = from == null ? -1L : Bitmap.word(from, w);
            if (w == words - 1) {
                word &= Bitmap.tailMask(count);
            }
            Bitmap.setWord(to, target, Bitmap.word(to, target) | word << shift);
            long carry = shift == 0 ? 0 : word >>> (64 - shift);
            if (carry != 0) {
                Bitmap.setWord(to, target + 1, Bitmap.word(to, target + 1) | carry);
            }
        }
    }
}
