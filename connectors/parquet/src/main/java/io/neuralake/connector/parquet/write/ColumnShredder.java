package io.neuralake.connector.parquet.write;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/// Takes columns apart into leaves with levels (Melnik et al., "Dremel: Interactive Analysis of Web-Scale
/// Datasets", 2010), a column at a time. For one thread.
abstract sealed class ColumnShredder {
    /// The entry is null, or part of something that is; its level says at which depth.
    private static final int ABSENT = -1;

    /// The number of fields that may be null or repeated down to this one, itself included.
    final int definition;

    private final String name;
    private final boolean nullable;
    private final boolean optional;
    private long nulls;

    private ColumnShredder(FieldShape shape) {
        this.name = shape.name();
        this.nullable = shape.nullable();
        this.optional = shape.optional();
        this.definition = shape.definition();
    }

    /// What a field is.
    ///
    /// @param nullable whether nulls are allowed
    /// @param optional whether the file has a level for them
    /// @param definition the number of levels down to it, its own included
    record FieldShape(String name, boolean nullable, boolean optional, int definition) {}

    /// Entries of a field: rows of its column, each with its levels. Rows that are ABSENT have the level
    /// at which they are; those of others mean nothing, so that fields may share them.
    record Entries(int[] rows, byte[] definitions, byte[] repetitions, int count) {}

    /// Returns how many entries were null, or part of what was.
    long nulls() {
        return nulls;
    }

    /// Adds rows of a column.
    final void add(Column column, Entries entries) {
        switch (column) {
            case DictionaryColumn coded -> add(coded.dictionary(), decoded(coded, entries));
            case ConstantColumn constant -> add(constant.single(), repeated(entries));
            default -> shred(column, present(column, entries));
        }
    }

    /// Adds rows of which the column says that they are not null.
    abstract void shred(Column column, Entries entries);

    private Entries decoded(DictionaryColumn column, Entries entries) {
        Entries present = markNulls(column.validity(), entries);
        int[] codes = new int[entries.count()];
        MemorySegment from = column.codes();
        for (int i = 0; i < codes.length; i++) {
            int row = present.rows()[i];
            codes[i] = row < 0 ? row : NativeMemory.getInt(from, (long) row << 2);
        }
        return new Entries(codes, present.definitions(), entries.repetitions(), codes.length);
    }

    private static Entries repeated(Entries entries) {
        int[] rows = new int[entries.count()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Math.min(entries.rows()[i], 0);
        }
        return new Entries(rows, entries.definitions(), entries.repetitions(), rows.length);
    }

    private Entries present(Column column, Entries entries) {
        Entries present = markNulls(column.validity(), entries);
        for (int i = 0; i < present.count(); i++) {
            nulls += present.rows()[i] >>> 31;
        }
        return present;
    }

    /// Returns the entries with nulls marked as such.
    private Entries markNulls(@Nullable DataBuffer validity, Entries entries) {
        if (validity == null) {
            return entries;
        }
        MemorySegment bits = validity.segment();
        int[] rows = entries.rows();
        int first = 0;
        while (first < entries.count() && (rows[first] < 0 || Bitmap.get(bits, rows[first]))) {
            first++;
        }
        if (first == entries.count()) {
            return entries;
        }
        if (!nullable || !optional) {
            throw new NeuralakeException(
                    ErrorCode.NOT_NULL_VIOLATION, "Column must not be null: " + name);
        }
        int[] marked = Arrays.copyOf(rows, entries.count());
        byte[] levels = Arrays.copyOf(entries.definitions(), entries.count());
        for (int i = first; i < marked.length; i++) {
            if (marked[i] >= 0 && !Bitmap.get(bits, marked[i])) {
                marked[i] = ABSENT;
                levels[i] = (byte) (definition - 1);
            }
        }
        return new Entries(marked, levels, entries.repetitions(), marked.length);
    }

    /// Has values.
    static final class Leaf extends ColumnShredder {
        private LeafBuffer buffer;
        private int[] present = new int[0];

        Leaf(FieldShape shape, LeafBuffer buffer) {
            super(shape);
            this.buffer = buffer;
        }

        void fill(LeafBuffer next) {
            buffer = next;
        }

        @Override
        void shred(Column column, Entries entries) {
            int count = entries.count();
            if (present.length < count) {
                present = new int[count];
            }
            int[] rows = entries.rows();
            byte[] levels = entries.definitions();
            int values = 0;
            for (int i = 0; i < count; i++) {
                present[values] = rows[i];
                values += rows[i] >= 0 ? 1 : 0;
            }
            buffer.values.add(column, present, values);
            if (values == count && buffer.maxRepetition == 0) {
                buffer.addPresent(count);
                return;
            }
            for (int i = 0; i < count; i++) {
                levels[i] = rows[i] >= 0 ? (byte) buffer.maxDefinition : levels[i];
            }
            buffer.add(levels, entries.repetitions(), count);
        }
    }

    /// Has members.
    static final class Struct extends ColumnShredder {
        private final List<ColumnShredder> members;

        Struct(FieldShape shape, List<ColumnShredder> members) {
            super(shape);
            this.members = members;
        }

        @Override
        void shred(Column column, Entries entries) {
            List<Column> children = ((StructColumn) column).children();
            for (int i = 0; i < members.size(); i++) {
                members.get(i).add(children.get(i), entries);
            }
        }
    }

    /// Has elements, or entries of a map.
    static final class Repeated extends ColumnShredder {
        private final List<ColumnShredder> elements;
        private final byte repetition;

        /// @param elements one for a list, key and value for a map
        /// @param repetition the level at which elements behind the first continue the list
        Repeated(FieldShape shape, List<ColumnShredder> elements, int repetition) {
            super(shape);
            this.elements = elements;
            this.repetition = (byte) repetition;
        }

        @Override
        void shred(Column column, Entries entries) {
            ListColumn list = (ListColumn) column;
            Entries below = below(list.offsets(), entries);
            List<Column> children =
                    elements.size() == 1
                            ? List.of(list.child())
                            : ((StructColumn) list.child()).children();
            for (int i = 0; i < elements.size(); i++) {
                elements.get(i).add(children.get(i), below);
            }
        }

        private Entries below(MemorySegment offsets, Entries entries) {
            int total = 0;
            for (int i = 0; i < entries.count(); i++) {
                int row = entries.rows()[i];
                total += row < 0 ? 1 : Math.max(1, length(offsets, row));
            }
            int[] rows = new int[total];
            byte[] definitions = new byte[total];
            byte[] repetitions = new byte[total];
            int at = 0;
            for (int i = 0; i < entries.count(); i++) {
                int row = entries.rows()[i];
                int length = row < 0 ? 0 : length(offsets, row);
                repetitions[at] = entries.repetitions()[i];
                if (length == 0) {
                    rows[at] = ABSENT;
                    definitions[at++] = row < 0 ? entries.definitions()[i] : (byte) definition;
                    continue;
                }
                int first = NativeMemory.getInt(offsets, (long) row << 2);
                for (int e = 0; e < length; e++) {
                    rows[at] = first + e;
                    if (e > 0) {
                        repetitions[at] = repetition;
                    }
                    at++;
                }
            }
            return new Entries(rows, definitions, repetitions, total);
        }

        private static int length(MemorySegment offsets, int row) {
            return NativeMemory.getInt(offsets, ((long) row << 2) + 4)
                    - NativeMemory.getInt(offsets, (long) row << 2);
        }
    }
}
