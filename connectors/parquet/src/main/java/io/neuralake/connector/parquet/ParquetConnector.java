package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.file.FileCache;
import io.neuralake.connector.parquet.file.FileId;
import io.neuralake.connector.parquet.filter.Pruner;
import io.neuralake.connector.parquet.filter.RowRanges;
import io.neuralake.connector.parquet.page.PageCache;
import io.neuralake.connector.parquet.page.PageFile;
import io.neuralake.spi.connector.BatchSource;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.connector.ScanContext;
import io.neuralake.spi.connector.ScanMetrics;
import io.neuralake.spi.connector.ScanMetrics.Counter;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.connector.Split;
import io.neuralake.spi.connector.SplitSource;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/// Reads Parquet tables. Splits are row groups, big ones in pieces, after pruning by partition values
/// and footer statistics; what needs more than the footer is pruned when a split is opened.
public final class ParquetConnector implements Connector {
    /// Rows of a piece of a big row group: some milliseconds of work.
    private static final long PIECE_ROWS = 1 << 17;

    private final FileCache files;
    private final @Nullable PageCache pages;

    ParquetConnector(FileCache files, @Nullable PageCache pages) {
        this.files = files;
        this.pages = pages;
    }

    FileCache files() {
        return files;
    }

    /// Opens a file for reading. The caller closes it.
    PageFile open(FileId id) {
        return new PageFile(files.file(id), id, pages);
    }

    @Override
    public SplitSource splits(ScanRequest request, ScanMetrics metrics) {
        ParquetTable table = (ParquetTable) request.table();
        Queue<ParquetSplit> splits = new ArrayDeque<>();
        for (ParquetPart part : table.files()) {
            addSplits(request, table, part, metrics, splits);
        }
        return new SplitSource() {
            @Override
            public synchronized Optional<? extends Split> next() {
                return Optional.ofNullable(splits.poll());
            }
        };
    }

    private static void addSplits(
            ScanRequest request,
            ParquetTable table,
            ParquetPart part,
            ScanMetrics metrics,
            Queue<ParquetSplit> splits) {
        metrics.add(Counter.FILES, 1);
        int kept = 0;
        int groups = part.footer().rowGroups().size();
        for (int group = 0; group < groups; group++) {
            RowGroupColumns columns = new RowGroupColumns(table, part, group);
            long rows = columns.rowCount();
            long bytes = columns.bytes(request.columns());
            metrics.add(Counter.ROW_GROUPS, 1);
            if (rows == 0) {
                continue;
            }
            if (!Pruner.mayMatch(request.predicates(), columns::bounds)) {
                metrics.add(Counter.ROW_GROUPS_PRUNED_BY_STATISTICS, 1);
                metrics.add(Counter.ROWS_PRUNED, rows);
                metrics.add(Counter.BYTES_PRUNED, bytes);
                continue;
            }
            kept++;
            long pieces =
                    columns.divisible(request.columns())
                            ? Math.max(1, (rows + PIECE_ROWS / 2) / PIECE_ROWS)
                            : 1;
            for (long i = 0; i < pieces; i++) {
                splits.add(
                        new ParquetSplit(
                                part,
                                group,
                                RowRanges.of(rows * i / pieces, rows * (i + 1) / pieces),
                                bytes / pieces));
            }
        }
        if (kept == 0 && groups > 0) {
            metrics.add(Counter.FILES_PRUNED, 1);
        }
    }

    @Override
    public BatchSource open(Split split, ScanRequest request, ScanContext context) {
        return new ParquetSource(this, (ParquetSplit) split, request, context);
    }
}
