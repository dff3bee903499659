package io.neuralake.connector.parquet.write;

import org.apache.parquet.column.ColumnDescriptor;

import java.util.Arrays;

/// The values of a leaf column in one row group, and what its nulls and lists are, before they are encoded.
/// Filled by one thread, then read by another.
final class LeafBuffer {
    private static final int MIN_CAPACITY = 1024;

    final ColumnDescriptor descriptor;
    final int maxDefinition;
    final int maxRepetition;
    final LeafValues values;

    /// Number of values, nulls and what stands for empty lists included.
    int entries;

    private boolean allPresent = true;
    private byte[] definitions = new byte[0];
    private byte[] repetitions = new byte[0];

    LeafBuffer(ColumnDescriptor descriptor, LeafValues values) {
        this.descriptor = descriptor;
        this.maxDefinition = descriptor.getMaxDefinitionLevel();
        this.maxRepetition = descriptor.getMaxRepetitionLevel();
        this.values = values;
    }

    /// Tells whether every entry is a value.
    boolean allPresent() {
        return allPresent;
    }

    /// Returns how many of the rows' values, and of what they belong to, an entry has that are not null; not to
    /// be called when all are present.
    int definition(int entry) {
        return definitions[entry];
    }

    /// Returns at which level an entry continues a list, 0 for a new row.
    int repetition(int entry) {
        return repetitions[entry];
    }

    /// Adds entries that are all values, in rows of their own.
    void addPresent(int count) {
        if (!allPresent) {
            grow(count);
            Arrays.fill(definitions, entries, entries + count, (byte) maxDefinition);
        }
        entries += count;
    }

    /// Adds entries.
    ///
    /// @param levels how far each is defined
    /// @param repeated at which level each continues a list; not looked at without lists
    void add(byte[] levels, byte[] repeated, int count) {
        if (maxRepetition > 0) {
            if (repetitions.length < entries + count) {
                repetitions = Arrays.copyOf(repetitions, capacity(entries + count));
            }
            System.arraycopy(repeated, 0, repetitions, entries, count);
        }
        if (allPresent) {
            for (int i = 0; i < count; i++) {
                if (levels[i] != maxDefinition) {
                    allPresent = false;
                    break;
                }
            }
            if (allPresent) {
                entries += count;
                return;
            }
            definitions = new byte[capacity(entries + count)];
            Arrays.fill(definitions, 0, entries, (byte) maxDefinition);
        }
        grow(count);
        System.arraycopy(levels, 0, definitions, entries, count);
        entries += count;
    }

    private void grow(int count) {
        if (definitions.length < entries + count) {
            definitions = Arrays.copyOf(definitions, capacity(entries + count));
        }
    }

    private static int capacity(int needed) {
        return Math.max(MIN_CAPACITY, needed + (needed >> 1));
    }

    /// Returns the bytes of what is held.
    long bytes() {
        return values.bytes() + (allPresent ? 0 : entries) + (maxRepetition > 0 ? entries : 0);
    }

    /// Forgets all entries, and keeps the memory.
    void clear() {
        entries = 0;
        allPresent = true;
        values.clear();
    }
}
