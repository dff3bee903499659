package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.file.FileCache;
import io.neuralake.connector.parquet.file.FileId;
import io.neuralake.connector.parquet.file.Footer;
import io.neuralake.connector.parquet.file.KeptStatistics.FileStatistics;
import io.neuralake.connector.parquet.file.RemoteFile;
import io.neuralake.connector.parquet.filter.Pruner;
import io.neuralake.connector.parquet.filter.RowRanges;
import io.neuralake.connector.parquet.page.PageCache;
import io.neuralake.connector.parquet.page.PageFile;
import io.neuralake.connector.parquet.schema.LeafColumn;
import io.neuralake.connector.parquet.schema.ParquetField;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.connector.BatchSource;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.connector.ScanContext;
import io.neuralake.spi.connector.ScanMetrics;
import io.neuralake.spi.connector.ScanMetrics.Counter;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.connector.Split;
import io.neuralake.spi.connector.SplitSource;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;
import io.neuralake.storage.StoragePath;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Supplier;

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

    /// Sums up files for the planner, by their footers and some of their dictionaries.
    ///
    /// @param schema the table's, whose columns the parts have by position
    public TableStatistics statistics(Schema schema, List<? extends ParquetPart> parts) {
        return new StatisticsCollector(schema, parts, files).collect();
    }

    /// Returns the footer of a file, read at most once per version. Throws FILE_NOT_FOUND, STORAGE_ERROR or
    /// CORRUPT_FILE.
    public Footer footer(FileId id) {
        return files.footer(id);
    }

    /// Returns the footers of several files, those of remote ones read at the same time.
    public List<Footer> footers(List<FileId> ids) {
        return files.footers(ids);
    }

    /// Fetches the next splits of remote files while earlier ones are read.
    ///
    /// @param splits hands out what [#splits(ParquetPart, ScanRequest, ScanMetrics)] lists, one after the
    ///     other; asked by one thread at a time
    public SplitSource readAhead(ScanRequest request, Supplier<Optional<? extends Split>> splits) {
        return new ReadAhead(this, request, splits);
    }

    /// Starts to fetch what a split of a remote file needs.
    SplitFetch fetch(ParquetSplit split, ScanRequest request, List<ScanPredicate> predicates) {
        return new SplitFetch(
                (RemoteFile) files.file(split.part().footer().id()), split, request, predicates);
    }

    /// Returns a file as a table of its own columns. Its version is the list of its [FileId] alone.
    ///
    /// @param kept what is kept of it outside of the file; null for nothing
    public TableSnapshot table(QualifiedName name, Footer footer, @Nullable FileStatistics kept) {
        List<Field> fields = new ArrayList<>();
        for (ParquetField field : footer.schema().fields()) {
            fields.add(new Field(field.name(), field.type(), field.nullable()));
        }
        Schema schema = new Schema(fields);
        return new ParquetTable(
                name,
                schema,
                List.of(new PlainPart(footer, schema, List.of(), kept)),
                this,
                List.of(footer.id()));
    }

    /// Opens a file for reading. The caller closes it.
    PageFile open(FileId id) {
        return new PageFile(files.file(id), id, pages);
    }

    @Override
    public SplitSource splits(ScanRequest request, ScanMetrics metrics) {
        ParquetTable table = (ParquetTable) request.table();
        Queue<Split> splits = new ArrayDeque<>();
        for (ParquetPart part : table.files()) {
            splits.addAll(splits(part, request, metrics));
        }
        if (isRemote(table.files().getFirst())) {
            return readAhead(request, () -> Optional.ofNullable(splits.poll()));
        }
        return new SplitSource() {
            @Override
            public synchronized Optional<? extends Split> next() {
                return Optional.ofNullable(splits.poll());
            }
        };
    }

    private static boolean isRemote(ParquetPart part) {
        return StoragePath.isRemote(part.footer().id().path());
    }

    /// Lists the splits of one file, pruned by its footer; [#open] reads them. Counts the file.
    public List<Split> splits(ParquetPart part, ScanRequest request, ScanMetrics metrics) {
        List<Split> splits = new ArrayList<>();
        metrics.add(Counter.FILES, 1);
        int kept = 0;
        int groups = part.footer().rowGroups().size();
        Set<LeafColumn> leaves = new RowGroupColumns(part, 0).leaves(request.columns());
        for (int group = 0; group < groups; group++) {
            RowGroupColumns columns = new RowGroupColumns(part, group);
            long rows = columns.rowCount();
            long bytes = columns.bytes(leaves);
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
        return splits;
    }

    @Override
    public BatchSource open(Split split, ScanRequest request, ScanContext context) {
        if (split instanceof FetchedSplit fetched) {
            return new RemoteSource(
                    fetched.fetch(),
                    () -> new ParquetSource(this, fetched.split(), request, context));
        }
        ParquetSplit plain = (ParquetSplit) split;
        return isRemote(plain.part())
                ? open(
                        new FetchedSplit(
                                plain, fetch(plain, request, predicates(request, context))),
                        request,
                        context)
                : new ParquetSource(this, plain, request, context);
    }

    private static List<ScanPredicate> predicates(ScanRequest request, ScanContext context) {
        List<ScanPredicate> all = new ArrayList<>(request.predicates());
        all.addAll(context.dynamicPredicates());
        return all;
    }
}
