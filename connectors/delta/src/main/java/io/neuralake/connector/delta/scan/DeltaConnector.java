package io.neuralake.connector.delta.scan;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.DeletionVector;
import io.neuralake.connector.delta.log.FilePath;
import io.neuralake.connector.delta.log.FileStatistics;
import io.neuralake.connector.delta.maintenance.ReadableVersions;
import io.neuralake.connector.delta.schema.RowColumns;
import io.neuralake.connector.parquet.ColumnOrigin;
import io.neuralake.connector.parquet.ParquetConnector;
import io.neuralake.connector.parquet.file.FileId;
import io.neuralake.connector.parquet.file.Footer;
import io.neuralake.connector.parquet.file.KeptStatistics;
import io.neuralake.connector.parquet.filter.Pruner;
import io.neuralake.connector.parquet.filter.ValueBounds;
import io.neuralake.connector.parquet.schema.ParquetField;
import io.neuralake.spi.catalog.PartStatistics;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.change.RowAddress;
import io.neuralake.spi.connector.BatchSource;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.connector.ScanContext;
import io.neuralake.spi.connector.ScanMetrics;
import io.neuralake.spi.connector.ScanMetrics.Counter;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.connector.Split;
import io.neuralake.spi.connector.SplitSource;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.type.Field;
import io.neuralake.storage.StoragePath;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/// Reads versions of Delta tables. Files are skipped by partition values and statistics before they are
/// opened; what is left is opened when its splits are asked for. Thread-safe.
public final class DeltaConnector implements Connector {
    private static final int MAX_VECTORS = 10_000;

    /// So many files are opened while a query is planned.
    private static final int MAX_FOOTERS = 200;

    private static final int FOOTERS_AT_A_TIME = 32;

    private final ParquetConnector parquet;
    private final VectorSource vectors;
    private final Map<VectorKey, RowBitmap> deletedRows = new LinkedHashMap<>(64, 0.75f, true);

    private final FileAnalyses analyses = new FileAnalyses();
    private final RecentStatistics recent = new RecentStatistics();

    private record VectorKey(String folder, DeletionVector vector) {}

    /// Reads data files by `parquet`.
    public DeltaConnector(ParquetConnector parquet, VectorSource vectors) {
        this.parquet = parquet;
        this.vectors = vectors;
    }

    @Override
    public SplitSource splits(ScanRequest request, ScanMetrics metrics) {
        FileSet set =
                switch (request.table()) {
                    case FileSet files -> files;
                    case DeltaTable table -> new FileSet(table, table.files(), false);
                    default -> throw new IllegalStateException("Not a Delta table");
                };
        List<Numbered> kept = kept(set, request, metrics);
        Queue<Split> splits = new ArrayDeque<>();
        if (StoragePath.isRemote(set.table().folder())) {
            Iterator<DeltaPart> parts = remoteParts(set, kept);
            return parquet.readAhead(request, () -> next(parts, splits, request, metrics));
        }
        Iterator<Numbered> files = kept.iterator();
        return new SplitSource() {
            @Override
            public synchronized Optional<? extends Split> next() {
                while (splits.isEmpty() && files.hasNext()) {
                    splits.addAll(parquet.splits(part(set, files.next()), request, metrics));
                }
                return Optional.ofNullable(splits.poll());
            }
        };
    }

    private Optional<? extends Split> next(
            Iterator<DeltaPart> parts,
            Queue<Split> splits,
            ScanRequest request,
            ScanMetrics metrics) {
        while (splits.isEmpty() && parts.hasNext()) {
            splits.addAll(parquet.splits(parts.next(), request, metrics));
        }
        return Optional.ofNullable(splits.poll());
    }

    /// Opens files of an object store, the footers of some at the same time.
    private Iterator<DeltaPart> remoteParts(FileSet set, List<Numbered> files) {
        return new Iterator<>() {
            private int position;

            @Override
            public boolean hasNext() {
                return position < files.size();
            }

            @Override
            public DeltaPart next() {
                if (position % FOOTERS_AT_A_TIME == 0) {
                    int end = Math.min(position + FOOTERS_AT_A_TIME, files.size());
                    readFooters(
                            set.table(),
                            files.subList(position, end).stream().map(Numbered::file).toList());
                }
                return part(set, files.get(position++));
            }
        };
    }

    /// Makes the footers of files of an object store known, all at the same time.
    private void readFooters(DeltaTable table, List<AddFile> files) {
        if (StoragePath.isRemote(table.folder())) {
            parquet.footers(
                    files.stream()
                            .map(
                                    file ->
                                            FileId.writtenOnce(
                                                    FilePath.resolve(table.folder(), file.path()),
                                                    file.size()))
                            .toList());
        }
    }

    /// A file and its number.
    private record Numbered(AddFile file, int number) {}

    private static List<Numbered> kept(FileSet set, ScanRequest request, ScanMetrics metrics) {
        FileBounds bounds = new FileBounds(set.table().state().metadata().schema());
        int columns = set.table().schema().size();
        List<Numbered> kept = new ArrayList<>();
        List<AddFile> read = new ArrayList<>();
        for (int i = 0; i < set.files().size(); i++) {
            AddFile file = set.files().get(i);
            int number = i;
            if (request.predicates().isEmpty()
                    || Pruner.mayMatch(
                            request.predicates(),
                            path ->
                                    path.ordinal() < columns
                                            ? bounds.of(file, path)
                                            : address(path.ordinal() - columns, number))) {
                kept.add(new Numbered(file, number));
                read.add(file);
            } else {
                metrics.add(Counter.FILES, 1);
                metrics.add(Counter.FILES_PRUNED, 1);
                metrics.add(Counter.BYTES_PRUNED, file.size());
                metrics.add(Counter.ROWS_PRUNED, Math.max(0, file.rowCount()));
            }
        }
        ReadSet reads = set.table().reads();
        if (reads != null) {
            reads.add(onColumns(request.predicates(), columns), read);
        }
        return kept;
    }

    /// Returns the bounds of a column of row addresses: the file's number, and nothing of the row's.
    private static @Nullable ValueBounds address(int column, int number) {
        long file = number;
        return column == 0 ? new ValueBounds(file, file, 0, 1, false) : null;
    }

    /// Returns those predicates that are about columns of the table alone.
    private static List<ScanPredicate> onColumns(List<ScanPredicate> predicates, int columns) {
        return predicates.stream()
                .filter(predicate -> predicate.columns().allMatch(c -> c.ordinal() < columns))
                .toList();
    }

    private DeltaPart part(FileSet set, Numbered numbered) {
        DeltaPart part = part(set.table(), numbered.file());
        if (!set.isAddressed()) {
            return part;
        }
        List<ColumnOrigin> origins = new ArrayList<>(part.origins());
        origins.add(new ColumnOrigin.Constant((long) numbered.number()));
        origins.add(ColumnOrigin.POSITION);
        RowColumns identity = set.table().state().metadata().rowColumns();
        if (identity != null) {
            origins.add(own(part.footer(), identity.id(), RowAddress.ID));
            origins.add(own(part.footer(), identity.version(), RowAddress.VERSION));
        }
        return new DeltaPart(part.footer(), origins, part.deletedRows(), null);
    }

    private static ColumnOrigin own(Footer footer, String column, Field field) {
        return footer.schema().field(column) instanceof ParquetField.Leaf leaf
                ? new ColumnOrigin.Stored(
                        new ParquetField.Leaf(
                                field.name(), leaf.column(), leaf.nullable(), leaf.id()),
                        true)
                : ColumnOrigin.NULL;
    }

    private DeltaPart part(DeltaTable table, AddFile file) {
        Footer footer = footer(table, file);
        return new DeltaPart(
                footer,
                table.state().metadata().schema().origins(footer.schema(), file.partitionValues()),
                deletedRows(table.folder(), file.deletionVector()),
                null);
    }

    /// Throws INVALID_PARAMETER with the versions that can be read, if the file of an older one is gone.
    private Footer footer(DeltaTable table, AddFile file) {
        String path = FilePath.resolve(table.folder(), file.path());
        try {
            return parquet.footer(FileId.writtenOnce(path, file.size()));
        } catch (NeuralakeException e) {
            long newest =
                    e.code() == ErrorCode.FILE_NOT_FOUND ? table.log().newest().version() : -1;
            if (newest <= table.state().version()) {
                throw e;
            }
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "Version "
                            + table.state().version()
                            + " of the table cannot be read any more, since a file of it was"
                            + " deleted; versions that can be: "
                            + ReadableVersions.oldest(table.log(), table.folder(), newest)
                            + " to "
                            + newest
                            + ": "
                            + path,
                    e);
        }
    }

    /// Returns the number of rows that a file has, deleted ones included, by its statistics or its
    /// footer.
    public long storedRows(DeltaTable table, AddFile file) {
        long known = FileStatistics.of(file.statistics(), List.of()).rows();
        return known >= 0 ? known : footer(table, file).rowCount();
    }

    /// Tells whether the deleted rows of a file, if it has some, can still be read.
    public boolean hasDeletedRows(String folder, AddFile file) {
        DeletionVector vector = file.deletionVector();
        try {
            return vector == null || vectors.read(folder, vector).length > 0;
        } catch (NeuralakeException e) {
            if (e.code() == ErrorCode.FILE_NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    /// Returns what finds deletion vectors.
    public VectorSource vectors() {
        return vectors;
    }

    /// Returns what reads data files.
    public ParquetConnector parquet() {
        return parquet;
    }

    /// Returns the files of a version, each as a table of its own, for ANALYZE. Throws UNSUPPORTED for a table in an
    /// object store.
    List<TableSnapshot> parts(DeltaTable table) {
        FileAnalyses.checkPlace(table);
        Map<FileId, KeptStatistics.FileStatistics> kept = analyses.read(table);
        List<TableSnapshot> parts = new ArrayList<>();
        for (AddFile file : table.files()) {
            Footer footer = footer(table, file);
            parts.add(parquet.table(table.name(), footer, kept.get(footer.id())));
        }
        return parts;
    }

    /// Returns the deleted rows of a file; null when there are none.
    public @Nullable RowBitmap deletedRows(DeltaTable table, AddFile file) {
        return deletedRows(table.folder(), file.deletionVector());
    }

    /// Returns the rows of a vector; null when there are none.
    public @Nullable RowBitmap deletedRows(String folder, @Nullable DeletionVector vector) {
        if (vector == null || vector.cardinality() == 0) {
            return null;
        }
        VectorKey key = new VectorKey(folder, vector);
        synchronized (deletedRows) {
            RowBitmap known = deletedRows.get(key);
            if (known != null) {
                return known;
            }
        }
        RowBitmap read = RowBitmap.parse(vectors.read(folder, vector));
        synchronized (deletedRows) {
            deletedRows.put(key, read);
            if (deletedRows.size() > MAX_VECTORS) {
                deletedRows.remove(deletedRows.keySet().iterator().next());
            }
        }
        return read;
    }

    @Override
    public BatchSource open(Split split, ScanRequest request, ScanContext context) {
        return parquet.open(split, request, context);
    }

    /// Sums up a version for the planner: by the footers of its files while they are few, which knows
    /// most, else by what the log says of them and by the sketches of some.
    TableStatistics statistics(DeltaTable table) {
        return recent.of(table.state(), () -> sumUp(table));
    }

    /// Keeps what ANALYZE found. Throws STORAGE_ERROR, UNSUPPORTED.
    void keep(DeltaTable table, List<PartStatistics> found) {
        analyses.keep(table, found);
        recent.clear();
    }

    private TableStatistics sumUp(DeltaTable table) {
        Map<FileId, KeptStatistics.FileStatistics> kept = analyses.read(table);
        if (table.state().fileCount() <= MAX_FOOTERS) {
            return parquet.statistics(table.schema(), analysed(table, table.files(), kept));
        }
        TableStatistics logged = LogStatistics.of(table.state());
        return new SketchSample(table.schema(), logged, table.files())
                .statistics(
                        files -> parquet.statistics(table.schema(), analysed(table, files, kept)));
    }

    private List<DeltaPart> analysed(
            DeltaTable table,
            List<AddFile> files,
            Map<FileId, KeptStatistics.FileStatistics> kept) {
        readFooters(table, files);
        List<DeltaPart> parts = new ArrayList<>();
        for (AddFile file : files) {
            DeltaPart part = part(table, file);
            parts.add(part.with(kept.get(part.footer().id())));
        }
        return parts;
    }
}
