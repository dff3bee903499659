package io.neuralake.exec.operator.sort;

import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.row.BatchCompactor;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.connector.ReadResult;

/// Emits sorted rows, batch by batch.
final class SortedRows implements SourceWorker {
    private final WorkerContext context;
    private final Batch all;
    private final ChunkMerge merge;
    private long left;
    private long skip;

    /// Takes ownership of `all`.
    SortedRows(WorkerContext context, Batch all, ChunkMerge merge, long offset, long limit) {
        this.context = context;
        this.all = all;
        this.merge = merge;
        this.skip = offset;
        this.left = limit;
    }

    @Override
    public ReadResult produce() {
        int batchRows = context.batchRows();
        DataBuffer indexes = context.allocator().allocate(4L * batchRows);
        try {
            while (skip > 0) {
                context.checkCancelled();
                int skipped = merge.next(indexes.segment(), (int) Math.min(skip, batchRows));
                if (skipped == 0) {
                    return ReadResult.Finished.INSTANCE;
                }
                skip -= skipped;
            }
            int count = merge.next(indexes.segment(), (int) Math.min(left, batchRows));
            if (count == 0) {
                return ReadResult.Finished.INSTANCE;
            }
            left -= count;
            return new ReadResult.Ready(
                    BatchCompactor.gather(all, indexes.segment(), count, context.allocator()));
        } finally {
            indexes.release();
        }
    }

    @Override
    public void close() {
        all.close();
    }
}
