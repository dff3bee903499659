package io.neuralake.connector.delta.scan;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.DeletionVector;
import io.neuralake.connector.delta.log.FilePath;
import io.neuralake.connector.parquet.DeletedRows;
import io.neuralake.connector.parquet.ParquetConnector;
import io.neuralake.connector.parquet.file.FileId;
import io.neuralake.connector.parquet.file.Footer;
import io.neuralake.connector.parquet.filter.Pruner;
import io.neuralake.spi.catalog.TableStatistics;
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

    private final ParquetConnector parquet;
    private final VectorSource vectors;
    private final Map<VectorKey, DeletedRows> deletedRows = new LinkedHashMap<>(64, 0.75f, true);

    private record VectorKey(String folder, DeletionVector vector) {}

    /// Reads data files by `parquet`.
    public DeltaConnector(ParquetConnector parquet, VectorSource vectors) {
        this.parquet = parquet;
        this.vectors = vectors;
    }

    @Override
    public SplitSource splits(ScanRequest request, ScanMetrics metrics) {
        DeltaTable table = (DeltaTable) request.table();
        Iterator<AddFile> files = kept(table, request, metrics).iterator();
        Queue<Split> splits = new ArrayDeque<>();
        return new SplitSource() {
            @Override
            public synchronized Optional<? extends Split> next() {
                while (splits.isEmpty() && files.hasNext()) {
                    splits.addAll(parquet.splits(part(table, files.next()), request, metrics));
                }
                return Optional.ofNullable(splits.poll());
            }
        };
    }

    private static List<AddFile> kept(DeltaTable table, ScanRequest request, ScanMetrics metrics) {
        FileBounds bounds = new FileBounds(table.state().metadata().schema());
        List<AddFile> kept = new ArrayList<>();
        for (AddFile file : table.state().files()) {
            if (request.predicates().isEmpty()
                    || Pruner.mayMatch(request.predicates(), path -> bounds.of(file, path))) {
                kept.add(file);
            } else {
                metrics.add(Counter.FILES, 1);
                metrics.add(Counter.FILES_PRUNED, 1);
                metrics.add(Counter.BYTES_PRUNED, file.size());
                metrics.add(Counter.ROWS_PRUNED, Math.max(0, file.rowCount()));
            }
        }
        return kept;
    }

    private DeltaPart part(DeltaTable table, AddFile file) {
        Footer footer =
                parquet.footer(
                        FileId.writtenOnce(
                                FilePath.resolve(table.folder(), file.path()), file.size()));
        return new DeltaPart(
                footer,
                table.state().metadata().schema().origins(footer.schema(), file.partitionValues()),
                deletedRows(table.folder(), file.deletionVector()));
    }

    private @Nullable DeletedRows deletedRows(String folder, @Nullable DeletionVector vector) {
        if (vector == null || vector.cardinality() == 0) {
            return null;
        }
        VectorKey key = new VectorKey(folder, vector);
        synchronized (deletedRows) {
            DeletedRows known = deletedRows.get(key);
            if (known != null) {
                return known;
            }
        }
        DeletedRows read = RowBitmap.parse(vectors.read(folder, vector));
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
    /// most, else by what the log says of them.
    TableStatistics statistics(DeltaTable table) {
        if (table.state().fileCount() <= MAX_FOOTERS) {
            List<DeltaPart> parts = new ArrayList<>();
            table.state().files().forEach(file -> parts.add(part(table, file)));
            return parquet.statistics(table.schema(), parts);
        }
        return LogStatistics.of(table.state());
    }
}
