package io.neuralake.exec.operator.join;

import io.neuralake.exec.kernel.HashKernels;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Says how rows of one side of a hash join are divided by their keys.
///
/// @param schema the side's columns, then its cast keys
/// @param keys positions in the schema
/// @param nullsEqual one a key: whether two nulls match
/// @param keepsUnmatchable whether rows are needed that no row of the other side can match, because a
///     key of theirs is null
record JoinSide(
        Schema schema, List<Integer> keys, List<Boolean> nullsEqual, boolean keepsUnmatchable) {
    /// Returns the key columns of a batch.
    List<Column> keyColumns(Batch batch) {
        return BuildKeys.pick(batch, keys);
    }

    /// Writes a hash a row, which is the same for equal keys of both sides.
    void hash(List<Column> keyColumns, int rowCount, MemorySegment hashes) {
        if (keyColumns.isEmpty()) {
            hashes.asSlice(0, 8L * rowCount).fill((byte) 0);
        }
        for (int k = 0; k < keyColumns.size(); k++) {
            HashKernels.hash(keyColumns.get(k), rowCount, hashes, k > 0);
        }
    }

    /// Returns the bitmap of rows that can match, which the caller owns, or null when all can.
    @Nullable DataBuffer matchable(
            List<Column> keyColumns, int rowCount, MemoryAllocator allocator) {
        DataBuffer bits = null;
        for (int k = 0; k < keyColumns.size(); k++) {
            Column column = keyColumns.get(k);
            if (!nullsEqual.get(k) && KeyNulls.mayHaveNulls(column)) {
                if (bits == null) {
                    bits = allocator.allocate(Bitmap.bytes(rowCount));
                    Bitmap.fill(bits.segment(), rowCount);
                }
                KeyNulls.andNotNull(column, bits.segment());
            }
        }
        return bits;
    }
}
