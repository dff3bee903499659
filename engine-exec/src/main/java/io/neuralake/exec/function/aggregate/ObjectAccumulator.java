package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.MemoryReservation;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Keeps one heap object a group, whose bytes are reserved. No state in the group's row.
abstract class ObjectAccumulator<T extends ObjectAccumulator.Sketch<T>> extends Accumulator {
    /// A state on the heap.
    interface Sketch<T> {
        void merge(T other);

        /// Returns the bytes that the object takes now.
        long bytes();

        /// Returns the state in a form from which it can be made again.
        byte[] toBytes();
    }

    /// About the bytes of a new object, and what the first rows make it grow by.
    private static final long FIRST_BYTES = 400;

    private final List<@Nullable T> states = new ArrayList<>();
    private final MemoryReservation reservation;

    ObjectAccumulator(MemoryAllocator allocator) {
        reservation = allocator.reservation("aggregate");
    }

    abstract T create();

    /// Makes what [Sketch#toBytes] gave.
    abstract T fromBytes(byte[] bytes);

    @Override
    final int stateBytes() {
        return 0;
    }

    @Override
    final boolean isSelfContained() {
        return false;
    }

    /// Returns the object of a group, or null when it had no rows.
    final @Nullable T get(int group) {
        return group < states.size() ? states.get(group) : null;
    }

    /// Returns the object of a group, made if there is none.
    final T getOrCreate(int group) {
        while (states.size() <= group) {
            reservation.grow(8);
            states.add(null);
        }
        T state = states.get(group);
        if (state == null) {
            state = create();
            reservation.grow(state.bytes());
            states.set(group, state);
        }
        return state;
    }

    /// Accounts for an object that has grown.
    final void resized(long before, long after) {
        if (after > before) {
            reservation.grow(after - before);
        } else {
            reservation.shrink(before - after);
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    final void merge(
            Accumulator other,
            MemorySegment from,
            MemorySegment into,
            int count,
            BatchScratch scratch) {
        ObjectAccumulator<T> source = (ObjectAccumulator<T>) other;
        for (int i = 0; i < count; i++) {
            T theirs = source.get(NativeMemory.getInt(from, (long) i << 2));
            if (theirs != null) {
                T mine = getOrCreate(NativeMemory.getInt(into, (long) i << 2));
                long before = mine.bytes();
                mine.merge(theirs);
                resized(before, mine.bytes());
            }
        }
    }

    @Override
    final long bytes() {
        return reservation.reservedBytes();
    }

    @Override
    final long growthBytes(int rows) {
        return (long) rows * FIRST_BYTES;
    }

    @Override
    final List<Type> spillTypes() {
        return List.of(ScalarType.VARBINARY);
    }

    @Override
    final void exportStates(
            MemorySegment groups, int count, MemoryAllocator allocator, List<Column> columns) {
        List<@Nullable Object> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            T state = get(NativeMemory.getInt(groups, (long) i << 2));
            values.add(state == null ? null : state.toBytes());
        }
        columns.add(ColumnBuilder.of(allocator, ScalarType.VARBINARY, values));
    }

    @Override
    final void importStates(List<Column> columns, int count) {
        for (int i = 0; i < count; i++) {
            T state = null;
            if (columns.getFirst().value(i) instanceof byte[] bytes) {
                state = fromBytes(bytes);
                reservation.grow(state.bytes());
            }
            reservation.grow(8);
            states.add(state);
        }
    }

    @Override
    public void close() {
        states.clear();
        reservation.close();
    }
}
