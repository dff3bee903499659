package io.neuralake.exec.operator.shared;

import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.row.BatchCompactor;
import io.neuralake.exec.row.BatchSelection;
import io.neuralake.exec.row.RowBytes;
import io.neuralake.exec.spill.SpillBlock;
import io.neuralake.exec.spill.SpillFile;
import io.neuralake.exec.spill.SpillReader;
import io.neuralake.exec.spill.SpillTurn;
import io.neuralake.exec.spill.SpillWriter;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.Spillable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// The batches that one worker has collected, some of them on disk. Filled by one thread, then read
/// by any; may be spilled whenever nobody has the turn.
final class SharedRows implements Spillable, AutoCloseable {
    private final SpillFile file;
    private final MemoryAllocator allocator;
    private final SpillTurn turn;
    private final List<Part> parts = new ArrayList<>();
    private int firstInMemory;
    private final AtomicLong bytes = new AtomicLong();

    private sealed interface Part {
        /// @param bytes as estimated
        /// @param taken how many readers have had it
        record InMemory(Batch batch, long bytes, int taken) implements Part {}

        record OnDisk(SpillBlock block) implements Part {}

        /// All readers have had it, and the last of them owns it.
        record Gone() implements Part {}
    }

    SharedRows(SpillFile file, WorkerContext context) {
        this.file = file;
        this.allocator = context.allocator();
        this.turn = context.spill().register(this);
    }

    /// Takes ownership of a batch.
    void add(Batch batch) {
        long added = RowBytes.estimate(batch, batch.selectedCount());
        try {
            turn.begin(added);
        } catch (RuntimeException | Error e) {
            batch.close();
            throw e;
        }
        try {
            parts.add(new Part.InMemory(batch, added, 0));
            bytes.addAndGet(added);
        } finally {
            turn.end();
        }
    }

    /// Returns the number of batches, once all were added.
    int size() {
        return parts.size();
    }

    /// Returns a batch, which the caller owns. Each reader takes it once, and the last gets the only one.
    ///
    /// @param readers how many readers there are
    Batch batch(int index, int readers, SpillReader reader, MemoryAllocator ofReader) {
        SpillBlock block;
        turn.begin(0);
        try {
            switch (parts.get(index)) {
                case Part.InMemory(Batch batch, long size, int taken) -> {
                    if (taken + 1 == readers) {
                        parts.set(index, new Part.Gone());
                        bytes.addAndGet(-size);
                        return batch;
                    }
                    parts.set(index, new Part.InMemory(batch, size, taken + 1));
                    return BatchSelection.share(batch);
                }
                case Part.OnDisk written -> block = written.block();
                case Part.Gone _ ->
                        throw new IllegalStateException("More than " + readers + " readers");
            }
        } finally {
            turn.end();
        }
        return reader.read(block, ofReader);
    }

    @Override
    public long spillableBytes() {
        return bytes.get();
    }

    @Override
    public long spill(long targetBytes) {
        long freed = bytes.get();
        try (SpillWriter writer = new SpillWriter(file, allocator)) {
            for (; firstInMemory < parts.size(); firstInMemory++) {
                if (parts.get(firstInMemory) instanceof Part.InMemory present) {
                    try (Batch rows = BatchCompactor.compact(present.batch(), allocator)) {
                        SpillBlock block = writer.write(rows);
                        parts.set(firstInMemory, new Part.OnDisk(block));
                    }
                    present.batch().close();
                }
            }
        }
        bytes.set(0);
        return freed;
    }

    /// Frees what is in memory; idempotent.
    @Override
    public void close() {
        turn.close();
        for (Part part : parts) {
            if (part instanceof Part.InMemory present) {
                present.batch().close();
            }
        }
        parts.clear();
        bytes.set(0);
    }
}
