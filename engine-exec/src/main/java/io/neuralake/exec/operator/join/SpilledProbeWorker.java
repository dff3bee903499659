package io.neuralake.exec.operator.join;

import io.neuralake.exec.operator.BatchConsumer;
import io.neuralake.exec.operator.StreamingWorker;
import io.neuralake.spi.batch.Batch;

import org.jspecify.annotations.Nullable;

import java.util.function.Function;

/// Probes the partition that its source has put into the slot, and passes on rows that need none.
final class SpilledProbeWorker implements StreamingWorker {
    private final PartitionSlot slot;
    private final Function<BuildSide, StreamingWorker> probe;
    private @Nullable BuildSide probed;
    private @Nullable StreamingWorker current;

    /// @param probe makes a worker for a partition, which is taken over
    SpilledProbeWorker(PartitionSlot slot, Function<BuildSide, StreamingWorker> probe) {
        this.slot = slot;
        this.probe = probe;
    }

    @Override
    public Status process(Batch input, BatchConsumer output) {
        BuildSide build = slot.build();
        if (build == null) {
            output.accept(input);
            return Status.NEED_INPUT;
        }
        StreamingWorker worker = current;
        if (worker == null || build != probed) {
            try {
                close();
                worker = probe.apply(build);
            } catch (RuntimeException | Error e) {
                input.close();
                throw e;
            }
            current = worker;
            probed = build;
        }
        worker.process(input, output);
        return Status.NEED_INPUT;
    }

    @Override
    public void close() {
        StreamingWorker worker = current;
        current = null;
        probed = null;
        if (worker != null) {
            worker.close();
        }
    }
}
