package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.List;

/// Keeps one state of fixed width per group, in the group's row, and updates the states of a whole
/// batch at a time. Belongs to one thread at a time.
abstract class Accumulator implements AutoCloseable {
    static final MemorySegment MEMORY = StringView.MEMORY;

    /// Up to this many groups a batch is summed up apart, in several copies, since adding to one
    /// address again and again waits for the store before.
    static final int FEW_GROUPS = 128;

    /// Copies of the sums of few groups.
    static final int COPIES = 4;

    private GroupRows rows = new GroupRows(NoMemory.INSTANCE, new byte[0]);
    private int offset;

    /// Says where the states lie.
    final void bind(GroupRows groupRows, int stateOffset) {
        rows = groupRows;
        offset = stateOffset;
    }

    /// Returns the address of group 0's state, which exists; valid until a group is added.
    final long base() {
        return state(0);
    }

    /// Returns where the rows lie, for [GroupRows#address(long, int, long)]; valid until a group is added.
    final long directory() {
        return rows.directory();
    }

    /// Returns where the state begins in a row.
    final int offset() {
        return offset;
    }

    /// Returns the distance of states.
    final long stride() {
        return rows.stride();
    }

    final int groupCount() {
        return rows.count();
    }

    /// Returns the address of a group's state.
    final long state(int group) {
        return rows.address(group) + offset;
    }

    /// Returns the bytes of a state, a multiple of 8.
    abstract int stateBytes();

    /// Writes the state of no rows into zeroed memory.
    void initial(MemorySegment state) {}

    /// Tells whether the row holds the whole state, but for immutable bytes in an arena: then states
    /// can be merged within one accumulator, and read before the input has ended.
    boolean isSelfContained() {
        return true;
    }

    /// Adds rows whose arguments are not null (unless the accumulator was compiled to see nulls).
    abstract void add(Column[] arguments, RowSet rows, BatchScratch scratch);

    /// Adds the states of another accumulator of the same kind: group `from[i]` of the other into
    /// group `into[i]` here. Pairs are applied in order.
    abstract void merge(
            Accumulator other,
            MemorySegment from,
            MemorySegment into,
            int count,
            BatchScratch scratch);

    /// Returns about the bytes held outside of the group rows.
    long bytes() {
        return 0;
    }

    /// Returns about the bytes that adding so many rows, and completing then, may need at most.
    long growthBytes(int rows) {
        return 0;
    }

    /// Returns about the bytes that merging and completing need beside those of the states merged, if it
    /// is done for all groups at once.
    long completionBytes() {
        return 0;
    }

    /// Returns the types of the columns in which states are spilled; by default one word each.
    List<Type> spillTypes() {
        return Collections.nCopies(stateBytes() >> 3, ScalarType.BIGINT);
    }

    /// Appends columns with the states of `count` groups, which the caller owns. What lies outside of
    /// the group rows may be frozen by this: nothing can be added after.
    void exportStates(
            MemorySegment groups, int count, MemoryAllocator allocator, List<Column> columns) {
        for (int at = 0; at < stateBytes(); at += 8) {
            DataBuffer words = allocator.allocate(8L * count);
            for (int i = 0; i < count; i++) {
                long from = state(NativeMemory.getInt(groups, (long) i << 2));
                long word = NativeMemory.getLong(MEMORY, from + at);
                NativeMemory.setLong(words.segment(), (long) i << 3, word);
            }
            columns.add(new FlatColumn(ScalarType.BIGINT, count, words, null));
        }
    }

    /// Makes the rows of spilled states the groups from 0 on, to be merged from here into others while
    /// the columns live. The groups exist and are new.
    ///
    /// @param columns one for each of [#spillTypes]
    void importStates(List<Column> columns, int count) {
        for (int c = 0; c < columns.size(); c++) {
            MemorySegment words = ((FlatColumn) columns.get(c)).values();
            for (int i = 0; i < count; i++) {
                long word = NativeMemory.getLong(words, (long) i << 3);
                NativeMemory.setLong(MEMORY, state(i) + 8L * c, word);
            }
        }
    }

    /// Ends the input: after it states may be read by several threads.
    void complete(BatchScratch scratch) {}

    /// Frees what lies outside of the group rows; idempotent.
    @Override
    public void close() {}
}
