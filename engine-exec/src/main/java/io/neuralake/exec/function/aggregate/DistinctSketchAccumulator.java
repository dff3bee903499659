package io.neuralake.exec.function.aggregate;

import io.neuralake.exec.kernel.HashKernels;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;

/// Estimates numbers of distinct values.
final class DistinctSketchAccumulator extends ObjectAccumulator<HyperLogLog> {
    DistinctSketchAccumulator(MemoryAllocator allocator) {
        super(allocator);
    }

    @Override
    HyperLogLog create() {
        return new HyperLogLog();
    }

    @Override
    HyperLogLog fromBytes(byte[] bytes) {
        return new HyperLogLog(bytes);
    }

    @Override
    void add(Column[] arguments, RowSet rows, BatchScratch scratch) {
        int batchRows = arguments[0].rowCount();
        MemorySegment hashes = scratch.longs(batchRows);
        HashKernels.hash(arguments[0], batchRows, hashes, false);
        for (int i = 0; i < rows.count(); i++) {
            HyperLogLog sketch = getOrCreate(rows.group(i));
            long before = sketch.bytes();
            sketch.add(NativeMemory.getLong(hashes, (long) rows.row(i) << 3));
            long after = sketch.bytes();
            if (after != before) {
                resized(before, after);
            }
        }
    }

    long estimate(int group) {
        HyperLogLog sketch = get(group);
        return sketch == null ? 0 : sketch.estimate();
    }
}
