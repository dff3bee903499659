package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.file.RemoteFile;
import io.neuralake.connector.parquet.filter.RowRanges;
import io.neuralake.connector.parquet.page.PageLocations;
import io.neuralake.connector.parquet.page.PageReader;
import io.neuralake.connector.parquet.schema.LeafColumn;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.storage.block.BlockLease;
import io.neuralake.storage.block.ByteRange;

import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// Fetches what a split of a remote file needs, ahead of its reading: first the page indexes, where they can
/// narrow it down, then the pages, or whole chunks where no index says where pages lie. Fetching too little costs the
/// reader time, and nothing else. Thread-safe.
final class SplitFetch implements AutoCloseable {
    private final ParquetSplit split;
    private final List<ScanPredicate> predicates;
    private final RowGroupColumns columns;
    private final Set<LeafColumn> leaves;
    private final RemoteFile file;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final List<BlockLease> leases = new ArrayList<>();
    private boolean closed;

    /// Starts to fetch.
    ///
    /// @param predicates what is known by now of the rows that are wanted
    SplitFetch(
            RemoteFile file,
            ParquetSplit split,
            ScanRequest request,
            List<ScanPredicate> predicates) {
        this.file = file;
        this.split = split;
        this.predicates = predicates;
        this.columns = new RowGroupColumns(split.part(), split.rowGroup());
        this.leaves = columns.leaves(request.columns());
        List<ByteRange> indexes =
                predicates.isEmpty() && split.rows().rowCount() == columns.rowCount()
                        ? List.of()
                        : indexes();
        if (indexes.isEmpty()) {
            fetchPages();
        } else {
            var _ =
                    hold(file.fetch(indexes))
                            .arrived()
                            .whenCompleteAsync((_, _) -> fetchPages(), Thread::startVirtualThread);
        }
    }

    /// Returns what is done when all is there that will come.
    CompletableFuture<Void> done() {
        return done;
    }

    private List<ByteRange> indexes() {
        List<ByteRange> ranges = new ArrayList<>();
        for (LeafColumn leaf : leaves) {
            ColumnChunk chunk = columns.footer().chunk(split.rowGroup(), leaf);
            if (chunk.isSetOffset_index_offset()) {
                add(ranges, chunk.getOffset_index_offset(), chunk.getOffset_index_length());
            }
            if (!predicates.isEmpty() && chunk.isSetColumn_index_offset()) {
                add(ranges, chunk.getColumn_index_offset(), chunk.getColumn_index_length());
            }
        }
        return ranges;
    }

    /// What a damaged file says of itself the reader will find out.
    private void add(List<ByteRange> ranges, long offset, long bytes) {
        if (offset >= 0 && bytes > 0 && bytes <= file.size() - offset) {
            ranges.add(new ByteRange(offset, bytes));
        }
    }

    private void fetchPages() {
        try {
            var _ = hold(file.fetch(pages())).arrived().whenComplete((_, _) -> done.complete(null));
        } catch (RuntimeException | Error readerWillSee) {
            done.complete(null);
        }
    }

    private List<ByteRange> pages() {
        PageIndexes indexes = new PageIndexes(columns, file);
        RowRanges rows = split.rows().and(indexes.ranges(predicates));
        List<ByteRange> ranges = new ArrayList<>();
        if (rows.size() == 0) {
            return ranges;
        }
        boolean all = rows.rowCount() == columns.rowCount();
        for (LeafColumn leaf : leaves) {
            ColumnMetaData meta = columns.meta(leaf);
            PageLocations pages = all ? null : indexes.locations(leaf);
            if (pages == null) {
                add(ranges, PageReader.start(meta), meta.getTotal_compressed_size());
            } else {
                add(ranges, pages, PageReader.start(meta), rows);
            }
        }
        return ranges;
    }

    private void add(List<ByteRange> ranges, PageLocations pages, long start, RowRanges rows) {
        add(ranges, start, pages.offsets()[0] - start); // the dictionary
        int range = 0;
        for (int i = 0; i < pages.count() && range < rows.size(); i++) {
            while (range < rows.size() && rows.to(range) <= pages.firstRows()[i]) {
                range++;
            }
            if (range < rows.size() && rows.from(range) < pages.firstRows()[i + 1]) {
                add(ranges, pages.offsets()[i], pages.sizes()[i]);
            }
        }
    }

    private BlockLease hold(BlockLease lease) {
        synchronized (leases) {
            if (!closed) {
                leases.add(lease);
                return lease;
            }
        }
        lease.close();
        return lease;
    }

    boolean isClosed() {
        synchronized (leases) {
            return closed;
        }
    }

    /// Lets go of what was fetched; idempotent.
    @Override
    public void close() {
        synchronized (leases) {
            closed = true;
            leases.forEach(BlockLease::close);
            leases.clear();
        }
    }
}
