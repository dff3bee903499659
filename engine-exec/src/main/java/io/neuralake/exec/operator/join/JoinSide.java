package io.neuralake.exec.operator.join;

import io.neuralake.exec.kernel.HashKernels;
import io.neuralake.exec.metrics.NodeMetrics;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.spill.RowDivision;
import io.neuralake.exec.spill.SpilledPartitions;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Divides rows of one side of a hash join by their keys.
///
/// @param schema the side's columns, then its cast keys
/// @param keys positions in the schema
/// @param nullsEqual one a key: whether two nulls match
/// @param keepsUnmatchable whether rows are needed that no row of the other side can match, because a
///     key of theirs is null
record JoinSide(
        Schema schema, List<Integer> keys, List<Boolean> nullsEqual, boolean keepsUnmatchable)
        implements RowDivision {
    /// Opens the partitions of a level on disk.
    SpilledPartitions spill(int level, WorkerContext context) {
        return new SpilledPartitions(
                this,
                level,
                context.spill(),
                bytes -> context.count(NodeMetrics.SPILLED_BYTES, bytes),
                context::checkCancelled);
    }

    /// Returns the key columns of a batch.
    List<Column> keyColumns(Batch batch) {
        return BuildKeys.pick(batch, keys);
    }

    @Override
    public void hash(Batch rows, MemorySegment hashes) {
        List<Column> columns = keyColumns(rows);
        if (columns.isEmpty()) {
            hashes.asSlice(0, 8L * rows.rowCount()).fill((byte) 0);
        }
        for (int k = 0; k < columns.size(); k++) {
            HashKernels.hash(columns.get(k), rows.rowCount(), hashes, k > 0);
        }
    }

    @Override
    public @Nullable DataBuffer matchable(Batch rows, MemoryAllocator allocator) {
        List<Column> columns = keyColumns(rows);
        DataBuffer bits = null;
        for (int k = 0; k < columns.size(); k++) {
            Column column = columns.get(k);
            if (!nullsEqual.get(k) && KeyNulls.mayHaveNulls(column)) {
                if (bits == null) {
                    bits = allocator.allocate(Bitmap.bytes(rows.rowCount()));
                    Bitmap.fill(bits.segment(), rows.rowCount());
                }
                KeyNulls.andNotNull(column, bits.segment());
            }
        }
        return bits;
    }
}
