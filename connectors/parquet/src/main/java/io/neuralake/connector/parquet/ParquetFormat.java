package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.decode.BitUnpacker;
import io.neuralake.connector.parquet.file.FileCache;
import io.neuralake.connector.parquet.file.FileId;
import io.neuralake.connector.parquet.file.Footer;
import io.neuralake.connector.parquet.file.KeptStatistics;
import io.neuralake.connector.parquet.file.KeptStatistics.FileStatistics;
import io.neuralake.connector.parquet.file.RemoteFiles;
import io.neuralake.connector.parquet.page.PageCache;
import io.neuralake.connector.parquet.schema.ParquetField;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableFormat;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoragePath;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Opens Parquet files, folders of them (with Hive partitions) and globs as tables. The columns are
/// those of all files by name, in order of first appearance; a file that lacks one has nulls there.
/// A table whose files did not change is opened once, so that its statistics are computed once.
public final class ParquetFormat implements TableFormat {
    private static final int MAX_TABLES = 1000;

    private final FileCache files;
    private final @Nullable ObjectStore store;
    private final ParquetConnector connector;
    private final Map<Key, ParquetTable> tables = new ConcurrentHashMap<>();

    private record Key(QualifiedName name, String location) {}

    /// Reads without a cache of pages.
    public ParquetFormat() {
        this(null);
    }

    /// Reads through a cache of pages, if there is one, which stays the caller's.
    public ParquetFormat(@Nullable PageCache pages) {
        this(pages, null);
    }

    /// Reads files of this machine and of object stores.
    ///
    /// @param remote null for none of object stores
    public ParquetFormat(@Nullable PageCache pages, @Nullable RemoteFiles remote) {
        files = new FileCache(remote);
        store = remote == null ? null : remote.store();
        connector = new ParquetConnector(files, pages);
    }

    /// Does beforehand what the first reads of much data would else do beside them.
    public static void warmUp() {
        BitUnpacker.warming().rehearse();
    }

    /// Returns what reads single files, for formats that keep tables of them. Shares this format's
    /// caches.
    public ParquetConnector connector() {
        return connector;
    }

    @Override
    public String name() {
        return "parquet";
    }

    @Override
    public TableSnapshot open(QualifiedName name, String location) {
        TableFiles found = list(location);
        Key key = new Key(name, location);
        ParquetTable known = tables.get(key);
        if (known != null && known.version().equals(found.version())) {
            return known;
        }
        ParquetTable table = open(name, found);
        if (tables.size() >= MAX_TABLES) {
            tables.clear();
        }
        tables.put(key, table);
        return table;
    }

    private TableFiles list(String location) {
        if (!StoragePath.isRemote(location)) {
            return TableFiles.list(location);
        }
        if (store == null) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Files of object stores cannot be read here: " + location);
        }
        return TableFiles.list(store, location);
    }

    private ParquetTable open(QualifiedName name, TableFiles found) {
        HivePartitions partitions = HivePartitions.of(found);
        boolean local = !StoragePath.isRemote(found.files().getFirst().path());
        List<Footer> footers =
                local && found.files().size() > 1
                        ? found.files().parallelStream().map(files::footer).toList()
                        : files.footers(found.files());
        List<Field> fields = new ArrayList<>(merge(footers));
        for (Field partition : partitions.fields()) {
            fields.removeIf(field -> field.name().equalsIgnoreCase(partition.name()));
        }
        fields.addAll(partitions.fields());
        Schema schema = new Schema(fields);
        List<ParquetPart> parts = new ArrayList<>();
        Path place = found.statisticsPlace();
        Map<FileId, FileStatistics> kept =
                place == null || found.statistics() == null ? Map.of() : KeptStatistics.read(place);
        for (int i = 0; i < footers.size(); i++) {
            Footer footer = footers.get(i);
            parts.add(
                    new PlainPart(
                            footer, schema, partitions.values().get(i), kept.get(footer.id())));
        }
        return place == null
                ? new ParquetTable(name, schema, parts, connector, found.version())
                : new StoredTable(name, schema, parts, connector, found, place);
    }

    private static List<Field> merge(List<Footer> footers) {
        Map<String, Field> merged = new LinkedHashMap<>();
        boolean first = true;
        for (Footer footer : footers) {
            List<String> seen = new ArrayList<>();
            for (ParquetField field : footer.schema().fields()) {
                String key = key(merged, seen, field.name());
                seen.add(key);
                Field known = merged.get(key);
                boolean nullable = field.nullable() || known == null && !first;
                merged.put(
                        key,
                        known == null
                                ? new Field(field.name(), field.type(), nullable)
                                : new Field(
                                        known.name(),
                                        type(known, field, footer),
                                        known.nullable() || nullable));
            }
            merged.replaceAll(
                    (key, field) ->
                            seen.contains(key)
                                    ? field
                                    : new Field(field.name(), field.type(), true));
            first = false;
        }
        return List.copyOf(merged.values());
    }

    /// Names of several files match exactly or ignoring case; those of one file exactly.
    private static String key(Map<String, Field> merged, List<String> seen, String name) {
        if (merged.containsKey(name)) {
            return name;
        }
        String lower = name.toLowerCase(Locale.ROOT);
        for (String key : merged.keySet()) {
            if (key.toLowerCase(Locale.ROOT).equals(lower) && !seen.contains(key)) {
                return key;
            }
        }
        return name;
    }

    private static Type type(Field known, ParquetField field, Footer footer) {
        if (known.type().equals(field.type())) {
            return known.type();
        }
        Type common = Widening.common(known.type(), field.type());
        if (common == null) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Column type differs between files of the table: "
                            + known.name()
                            + " is "
                            + field.type().sql()
                            + " in "
                            + footer.id().path()
                            + ", elsewhere "
                            + known.type().sql());
        }
        return common;
    }
}
