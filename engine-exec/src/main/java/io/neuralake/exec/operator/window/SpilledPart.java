package io.neuralake.exec.operator.window;

import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.Window;
import io.neuralake.exec.row.BatchAppender;
import io.neuralake.exec.spill.RowPartition;
import io.neuralake.exec.spill.SpillArbiter;
import io.neuralake.exec.spill.SpillBlock;
import io.neuralake.exec.spill.SpilledPartitions;
import io.neuralake.spi.batch.Batch;

import java.util.ArrayList;
import java.util.List;

/// Whole partitions on disk that are to be computed together.
///
/// @param source holds the rows; stays somebody else's to close
/// @param divisible whether dividing them by further bits of the hashes promises smaller parts
record SpilledPart(SpilledPartitions source, RowPartition rows, boolean divisible) {
    /// How often the bytes of a row are held while its functions are computed.
    private static final long COPIES = 3;

    /// The workers together hold at most this part of the limit.
    private static final long MEMORY_PART = 3;

    /// Returns those parts that have rows, once all is written.
    ///
    /// @param rowsDivided rows of all parts together
    static List<SpilledPart> of(SpilledPartitions source, long rowsDivided) {
        List<SpilledPart> parts = new ArrayList<>();
        for (int p = 0; p < SpilledPartitions.COUNT; p++) {
            RowPartition rows = source.partition(p);
            if (rows.rowCount() > 0) {
                // most of the rows in one of so many parts: they are those of one partition
                boolean skewed = source.level() > 0 && rows.rowCount() * 2 > rowsDivided;
                boolean divisible = !skewed && source.level() < SpilledPartitions.MAX_LEVEL;
                parts.add(new SpilledPart(source, rows, divisible));
            }
        }
        return parts;
    }

    private long bytes() {
        return COPIES * rows.rawBytes() + WindowOperation.COMPUTING_BYTES * rows.rowCount();
    }

    /// Tells whether the part should be divided before it is read.
    boolean isTooLarge(WorkerContext context) {
        long limitBytes = context.spill().limitBytes();
        boolean large =
                context.spill().everything()
                        ? source.level() == 0
                        : bytes() > limitBytes / MEMORY_PART / context.workerCount();
        return divisible && large;
    }

    /// Divides the part; the caller closes the result.
    SpilledPartitions divide(WorkerContext context) {
        return source.divide(rows, context.allocator());
    }

    /// Reads all rows; the caller closes the input.
    WindowInput read(Window node, WorkerContext context) {
        SpillArbiter arbiter = context.spill().arbiter();
        if (!arbiter.fits(bytes())) {
            arbiter.makeRoom(bytes());
        }
        try (BatchAppender all = new BatchAppender(node.input().schema(), context.allocator())) {
            for (SpillBlock block : rows.blocks()) {
                context.checkCancelled();
                try (Batch batch = source.reader().read(block, context.allocator())) {
                    all.append(batch);
                }
            }
            return new WindowInput(node, all.finish(), context.allocator());
        }
    }
}
