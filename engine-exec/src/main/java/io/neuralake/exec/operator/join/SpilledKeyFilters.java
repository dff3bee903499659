package io.neuralake.exec.operator.join;

import io.neuralake.exec.plan.PhysicalPlan.DynamicFilterSource;
import io.neuralake.exec.plan.PhysicalPlan.HashJoin;
import io.neuralake.exec.spill.SpillableRows.SegmentObserver;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Makes the dynamic filters of a build side that is never in memory as a whole: sees its rows before
/// they are spilled. Since their number is not known then, Bloom filters begin at the largest size and
/// are folded at the end. Thread-safe.
final class SpilledKeyFilters implements SegmentObserver, AutoCloseable {
    /// A Bloom filter with fewer bits a row lets most keys pass.
    private static final long MIN_BITS_PER_ROW = 3;

    private final JoinSide side;
    private final long maxBytes;
    private final List<Part> parts = new ArrayList<>();
    private @Nullable MemoryAllocator allocator;
    private long rows;

    private static final class Part {
        private final DynamicFilterSource source;
        private @Nullable KeyValues values;
        private @Nullable DataBuffer bloom;
        private int blockBits;

        private Part(DynamicFilterSource source) {
            this.source = source;
        }
    }

    /// @param maxBytes of one filter
    SpilledKeyFilters(HashJoin node, List<@Nullable Type> casts, JoinSide side, long maxBytes) {
        this.side = side;
        this.maxBytes = maxBytes;
        DynamicFilters.usable(node, casts).forEach(source -> parts.add(new Part(source)));
    }

    @Override
    public synchronized void see(Batch batch, MemoryAllocator ofWorker) {
        if (parts.isEmpty() || batch.rowCount() == 0) {
            return;
        }
        allocator = ofWorker;
        rows += batch.rowCount();
        List<Column> keys = side.keyColumns(batch);
        DataBuffer matchable = side.matchable(batch, ofWorker);
        try {
            MemorySegment bits = matchable == null ? null : matchable.segment();
            for (Part part : parts) {
                add(part, keys.get(part.source.key()), bits, ofWorker);
            }
        } finally {
            if (matchable != null) {
                matchable.release();
            }
        }
    }

    private void add(
            Part part, Column column, @Nullable MemorySegment matchable, MemoryAllocator ofWorker) {
        KeyValues values = KeyValues.of(column, matchable, ofWorker);
        KeyValues before = part.values;
        part.values = before == null ? values : KeyValues.both(column.type(), before, values);
        DataBuffer bloom = part.bloom;
        if (bloom == null) {
            part.blockBits = Math.max(4, 60 - Long.numberOfLeadingZeros(maxBytes));
            bloom = ofWorker.allocateZeroed(8L << part.blockBits);
            part.bloom = bloom;
        }
        BuildKeyFilter.fillBloom(column, matchable, part.blockBits, bloom, ofWorker);
    }

    /// Returns the filters, which the caller owns, when all rows were seen.
    synchronized List<DynamicFilter> finish() {
        List<DynamicFilter> filters = new ArrayList<>();
        for (Part part : parts) {
            KeyValues values = part.values;
            DataBuffer bloom = part.bloom;
            MemoryAllocator ofWorker = allocator;
            if (values == null || bloom == null || ofWorker == null) {
                continue;
            }
            if (values.distinct().filter(List::isEmpty).isPresent()) {
                filters.add(BuildKeyFilter.ofNothing(part.source.id(), type(part), values));
            } else if ((64L << part.blockBits) >= MIN_BITS_PER_ROW * rows) {
                int blockBits = Math.min(part.blockBits, BuildKeyFilter.blockBits(rows));
                DataBuffer folded = ofWorker.allocate(8L << blockBits);
                BuildKeyFilter.fold(bloom.segment(), part.blockBits, folded.segment(), blockBits);
                filters.add(
                        BuildKeyFilter.ofBloom(
                                part.source.id(), type(part), values, folded, blockBits));
            }
        }
        close();
        return filters;
    }

    private Type type(Part part) {
        return side.schema().field(side.keys().get(part.source.key())).type();
    }

    /// Frees what was not made a filter; idempotent.
    @Override
    public synchronized void close() {
        for (Part part : parts) {
            if (part.bloom != null) {
                part.bloom.release();
                part.bloom = null;
            }
        }
    }
}
