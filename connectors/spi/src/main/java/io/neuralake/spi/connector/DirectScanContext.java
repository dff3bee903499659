package io.neuralake.spi.connector;

import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.memory.MemoryAllocator;

import org.apache.arrow.memory.RootAllocator;

import java.util.List;

/// What a source gets that is read outside of queries: no filters, and memory that is not counted against any
/// query. For one thread. Close it when no batch is left.
public final class DirectScanContext implements ScanContext, AutoCloseable {
    private static final int BATCH_ROWS = 4096;

    private final RootAllocator root = new RootAllocator();
    private final MemoryAllocator allocator;
    private final ScanMetrics metrics = new ScanMetrics();

    /// Makes a context.
    ///
    /// @param owner what the memory is for
    public DirectScanContext(String owner) {
        allocator = new ArrowAllocator(root, new LimitedReservation(owner, Long.MAX_VALUE, null));
    }

    @Override
    public MemoryAllocator allocator() {
        return allocator;
    }

    @Override
    public int batchRows() {
        return BATCH_ROWS;
    }

    @Override
    public List<RowFilter> rowFilters() {
        return List.of();
    }

    @Override
    public List<ScanPredicate> dynamicPredicates() {
        return List.of();
    }

    @Override
    public ScanMetrics metrics() {
        return metrics;
    }

    @Override
    public void checkCancelled() {}

    @Override
    public void close() {
        root.close();
    }
}
