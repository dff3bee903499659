package io.neuralake.exec.operator.recursion;

import io.neuralake.exec.function.aggregate.BatchScratch;
import io.neuralake.exec.function.aggregate.GroupTable;
import io.neuralake.exec.function.aggregate.RowSet;
import io.neuralake.exec.row.BatchCompactor;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The distinct rows of a recursion so far, compared as GROUP BY compares. For one thread.
final class SeenRows implements AutoCloseable {
    private final MemoryAllocator allocator;
    private final GroupTable table;
    private final BatchScratch scratch;

    SeenRows(Schema schema, MemoryAllocator allocator) {
        this.allocator = allocator;
        List<Type> types = new ArrayList<>();
        boolean[] nullable = new boolean[schema.size()];
        for (int i = 0; i < nullable.length; i++) {
            Field field = schema.field(i);
            types.add(field.type());
            nullable[i] = field.nullable();
        }
        table = new GroupTable(allocator, types, nullable, new byte[0]);
        scratch = new BatchScratch(allocator);
    }

    /// Returns the rows that were not seen yet, each once, and from now on counts them as seen. Takes
    /// ownership of `input`; the result belongs to the caller.
    Batch unseen(Batch input) {
        try (input;
                Batch rows = BatchCompactor.compact(input, allocator)) {
            scratch.reset();
            int count = rows.rowCount();
            int before = table.groupCount();
            MemorySegment groups = scratch.ints(count);
            Column[] keys = rows.columns().toArray(Column[]::new);
            table.assign(keys, new RowSet(count, null, null), groups, scratch);
            int added = table.groupCount() - before;
            MemorySegment taken = scratch.take(Math.max(1, added)).fill((byte) 0);
            MemorySegment indexes = scratch.ints(count);
            int unseen = 0;
            for (int i = 0; i < count; i++) {
                int group = NativeMemory.getInt(groups, 4L * i) - before;
                if (group >= 0 && NativeMemory.getByte(taken, group) == 0) {
                    NativeMemory.setByte(taken, group, (byte) 1);
                    NativeMemory.setInt(indexes, 4L * unseen++, i);
                }
            }
            return BatchCompactor.gather(rows, indexes, unseen, allocator);
        }
    }

    @Override
    public void close() {
        table.close();
        scratch.close();
    }
}
