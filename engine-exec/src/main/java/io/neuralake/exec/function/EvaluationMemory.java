package io.neuralake.exec.function;

import io.neuralake.exec.row.ColumnFlatten;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.MemoryReservation;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Holds what the evaluation of one batch makes, until [#reset]. Everything it returns is lent; who
/// keeps a column retains it. Buffers are used again once nobody else holds them, so that a steady
/// stream of batches allocates nothing. Belongs to one worker.
///
/// As a [MemoryAllocator] it hands out buffers of the same pool, which the caller owns.
public final class EvaluationMemory implements MemoryAllocator, AutoCloseable {
    private static final long MAX_POOLED_BYTES = 256 * 1024;
    private static final int MAX_FREE = 48;
    private static final int MAX_ESCAPED = 16;

    private final MemoryAllocator allocator;
    private final List<DataBuffer> free = new ArrayList<>();
    private final List<DataBuffer> used = new ArrayList<>();
    private final List<DataBuffer> escaped = new ArrayList<>();
    private final List<Column> columns = new ArrayList<>();
    private final List<Column> flattened = new ArrayList<>();

    /// Takes memory from `allocator`.
    public EvaluationMemory(MemoryAllocator allocator) {
        this.allocator = allocator;
    }

    /// Lends a buffer of at least `bytes`, contents undefined.
    public DataBuffer scratch(long bytes) {
        DataBuffer buffer = reuse(free, bytes, false);
        if (buffer == null) {
            buffer = reuse(escaped, bytes, true);
        }
        if (buffer == null) {
            buffer = allocator.allocate(bytes);
        }
        used.add(buffer);
        return buffer;
    }

    private static @Nullable DataBuffer reuse(List<DataBuffer> pool, long bytes, boolean sole) {
        for (int i = pool.size() - 1; i >= 0; i--) {
            DataBuffer buffer = pool.get(i);
            if (buffer.size() >= bytes
                    && buffer.size() <= bytes + (bytes >>> 1) + 64
                    && (!sole || buffer.references() == 1)) {
                DataBuffer last = pool.removeLast();
                if (last != buffer) {
                    pool.set(i, last);
                }
                return buffer;
            }
        }
        return null;
    }

    /// Lends a zeroed buffer.
    public DataBuffer scratchZeroed(long bytes) {
        DataBuffer buffer = scratch(bytes);
        buffer.segment().fill((byte) 0);
        return buffer;
    }

    @Override
    public DataBuffer allocate(long bytes) {
        return scratch(bytes).retain();
    }

    @Override
    public MemoryReservation reservation(String owner) {
        return allocator.reservation(owner);
    }

    /// Takes ownership of one reference, until the reset, and lends the column.
    public Column keep(Column column) {
        columns.add(column);
        return column;
    }

    /// Makes a flat column of lent buffers.
    public Column flat(Type type, int rowCount, DataBuffer values, @Nullable DataBuffer validity) {
        return keep(new FlatColumn(type, rowCount, values.retain(), retain(validity)));
    }

    /// Makes a column of views of lent buffers.
    public Column views(
            Type type,
            int rowCount,
            DataBuffer views,
            @Nullable DataBuffer heap,
            @Nullable DataBuffer validity) {
        return keep(new ViewColumn(type, rowCount, views.retain(), retain(heap), retain(validity)));
    }

    /// Makes a constant of a lent column of one row.
    public Column constant(int rowCount, Column single) {
        return keep(new ConstantColumn(rowCount, single.retain()));
    }

    /// Lends the column without dictionaries; constants stay. Asked twice for one column between
    /// resets, it works once.
    public Column flatten(Column column) {
        if (column instanceof FlatColumn
                || column instanceof ViewColumn
                || column instanceof ConstantColumn) {
            return column;
        }
        return expand(column);
    }

    /// Lends the column without dictionaries and constants.
    public Column expand(Column column) {
        for (int i = 0; i < flattened.size(); i += 2) {
            if (flattened.get(i) == column) {
                return flattened.get(i + 1);
            }
        }
        Column flat = keep(ColumnFlatten.flatten(column, this));
        if (column instanceof DictionaryColumn) {
            flattened.add(column);
            flattened.add(flat);
        }
        return flat;
    }

    /// Retains a buffer that may be absent.
    public static @Nullable DataBuffer retain(@Nullable DataBuffer buffer) {
        return buffer == null ? null : buffer.retain();
    }

    /// Takes back what was lent since the last reset.
    public void reset() {
        flattened.clear();
        for (Column column : columns) {
            column.release();
        }
        columns.clear();
        for (DataBuffer buffer : used) {
            if (buffer.size() > MAX_POOLED_BYTES) {
                buffer.release();
            } else if (buffer.references() > 1) {
                escaped.add(buffer);
            } else if (free.size() < MAX_FREE) {
                free.add(buffer);
            } else {
                buffer.release();
            }
        }
        used.clear();
        while (escaped.size() > MAX_ESCAPED) {
            escaped.removeFirst().release();
        }
    }

    /// Frees the pool; idempotent. Columns that were retained stay valid.
    @Override
    public void close() {
        reset();
        free.forEach(DataBuffer::release);
        free.clear();
        escaped.forEach(DataBuffer::release);
        escaped.clear();
    }
}
