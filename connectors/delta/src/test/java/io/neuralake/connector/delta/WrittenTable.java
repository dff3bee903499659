package io.neuralake.connector.delta;

import io.neuralake.connector.parquet.ParquetFormat;
import io.neuralake.connector.parquet.write.ParquetBatchWriter;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.connector.BatchSource;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.connector.RowFilter;
import io.neuralake.spi.connector.ScanColumn;
import io.neuralake.spi.connector.ScanContext;
import io.neuralake.spi.connector.ScanMetrics;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.connector.Split;
import io.neuralake.spi.connector.SplitSource;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;
import io.neuralake.storage.LocalStore;
import io.neuralake.storage.ObjectStore;

import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A table whose files and log a test writes itself, and reads under an allocator whose closing fails
/// on a leak.
public final class WrittenTable implements ScanContext, AutoCloseable {
    /// The usual first action of a table without features.
    public static final String PROTOCOL =
            "{\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":2}}";

    private final RootAllocator root = new RootAllocator();
    private final MemoryAllocator allocator =
            new ArrowAllocator(root, new LimitedReservation("test", Long.MAX_VALUE, null));
    private final Path folder;
    private final DeltaFormat format;
    private ScanMetrics metrics = new ScanMetrics();
    private List<ScanPredicate> predicates = List.of();

    /// Makes an empty folder for the log.
    public WrittenTable(Path folder) {
        this(folder, new LocalStore());
    }

    /// Makes an empty folder for the log.
    ///
    /// @param store reads and writes it
    public WrittenTable(Path folder, ObjectStore store) {
        this.folder = folder;
        this.format = new DeltaFormat(store, new ParquetFormat());
        try {
            Files.createDirectories(folder.resolve("_delta_log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Returns the folder.
    public Path folder() {
        return folder;
    }

    /// Makes the metadata action of a table.
    ///
    /// @param fields JSON of the fields, separated by commas
    /// @param partitions JSON of partition columns
    /// @param properties JSON of properties
    public static String metadata(String fields, String partitions, String properties) {
        String schema = "{\"type\":\"struct\",\"fields\":[" + fields + "]}";
        return "{\"metaData\":{\"id\":\"5fba94ed\",\"format\":{\"provider\":\"parquet\",\"options\":{}},"
                   + "\"schemaString\":\""
                + schema.replace("\"", "\\\"")
                + "\",\"partitionColumns\":["
                + partitions
                + "],\"configuration\":{"
                + properties
                + "},\"createdTime\":1}}";
    }

    /// Makes the JSON of a field without metadata.
    public static String field(String name, String type) {
        return "{\"name\":\""
                + name
                + "\",\"type\":\""
                + type
                + "\",\"nullable\":true,\"metadata\":{}}";
    }

    /// Makes an add action of a file that was written.
    ///
    /// @param more JSON of further members, each behind a comma
    public String add(String path, String partitionValues, String more) {
        try {
            return "{\"add\":{\"path\":\""
                    + path
                    + "\",\"partitionValues\":{"
                    + partitionValues
                    + "},\"size\":"
                    + Files.size(folder.resolve(path))
                    + ",\"modificationTime\":1,\"dataChange\":true"
                    + more
                    + "}}";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Makes a remove action.
    public static String remove(String path) {
        return "{\"remove\":{\"path\":\""
                + path
                + "\",\"deletionTimestamp\":1,\"dataChange\":true}}";
    }

    /// Writes a commit.
    public void commit(long version, String... actions) {
        try {
            Files.writeString(
                    folder.resolve("_delta_log/" + "%020d".formatted(version) + ".json"),
                    String.join("\n", actions) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Writes a data file of one row group.
    public void write(String path, Schema schema, List<List<@Nullable Object>> rows) {
        Path file = folder.resolve(path);
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Column[] columns = new Column[schema.size()];
        for (int i = 0; i < columns.length; i++) {
            List<@Nullable Object> values = new ArrayList<>();
            for (List<@Nullable Object> row : rows) {
                values.add(row.get(i));
            }
            columns[i] = ColumnBuilder.of(allocator, schema.field(i).type(), values);
        }
        try (ParquetBatchWriter writer = new ParquetBatchWriter(file, schema);
                Batch batch = Batch.of(rows.size(), columns)) {
            writer.append(batch);
            writer.finish();
        }
    }

    /// Opens the newest version.
    public TableSnapshot open() {
        return format.open(new QualifiedName("lake", "main", "t"), folder.toString());
    }

    /// Reads all columns of the newest version.
    public List<List<@Nullable Object>> rows() {
        return rows(open());
    }

    /// Reads all columns with predicates; the counters are this read's.
    public List<List<@Nullable Object>> rows(List<ScanPredicate> pushed) {
        predicates = pushed;
        try {
            return rows(open());
        } finally {
            predicates = List.of();
        }
    }

    /// Reads all columns.
    public List<List<@Nullable Object>> rows(TableSnapshot table) {
        metrics = new ScanMetrics();
        List<ScanColumn> columns = new ArrayList<>();
        for (int i = 0; i < table.schema().size(); i++) {
            Field field = table.schema().field(i);
            columns.add(new ScanColumn(field.name(), ColumnPath.of(i), field.type()));
        }
        ScanRequest request = new ScanRequest(table, columns, predicates);
        List<List<@Nullable Object>> rows = new ArrayList<>();
        try (SplitSource splits = table.connector().splits(request, metrics)) {
            for (Optional<? extends Split> split = splits.next();
                    split.isPresent();
                    split = splits.next()) {
                try (BatchSource source = table.connector().open(split.get(), request, this)) {
                    while (source.read() instanceof ReadResult.Ready(Batch batch)) {
                        try (batch) {
                            collect(batch, rows);
                        }
                    }
                }
            }
        }
        return rows;
    }

    private static void collect(Batch batch, List<List<@Nullable Object>> rows) {
        DataBuffer selection = batch.selection();
        for (int row = 0; row < batch.rowCount(); row++) {
            if (selection == null || Bitmap.get(selection.segment(), row)) {
                List<@Nullable Object> values = new ArrayList<>();
                for (int c = 0; c < batch.columnCount(); c++) {
                    values.add(batch.column(c).value(row));
                }
                rows.add(values);
            }
        }
    }

    @Override
    public MemoryAllocator allocator() {
        return allocator;
    }

    @Override
    public int batchRows() {
        return 7;
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
