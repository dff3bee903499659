package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.StringView;

import java.lang.foreign.MemorySegment;

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

    /// Returns the address of group 0's state; valid until a group is added.
    final long base() {
        return rows.base() + offset;
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
        return base() + group * stride();
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

    /// Ends the input: after it states may be read by several threads.
    void complete(BatchScratch scratch) {}

    /// Frees what lies outside of the group rows; idempotent.
    @Override
    public void close() {}
}
