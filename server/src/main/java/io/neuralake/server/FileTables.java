package io.neuralake.server;

import io.neuralake.planner.write.SourceFiles.SourceFile;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.SupportsTimeTravel;
import io.neuralake.spi.catalog.TableFormat;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.function.TableFunction;
import io.neuralake.storage.FileGlob;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Opens files that a statement names: `FROM 'x.parquet'`, `read_parquet('x.parquet')`,
/// `read_delta('folder', version => 3)`.
final class FileTables {
    private static final Map<String, String> FORMAT_OF_EXTENSION =
            Map.of("csv", "csv", "json", "json", "ndjson", "json", "jsonl", "json");
    private static final String DEFAULT_FORMAT = "parquet";

    private final ObjectStore store;
    private final String catalog;
    private final List<TableFormat> formats;

    FileTables(ObjectStore store, String catalog, List<TableFormat> formats) {
        this.store = store;
        this.catalog = catalog;
        this.formats = List.copyOf(formats);
    }

    /// Opens a folder with a Delta log as that, another path by its extension, and without a known one
    /// as Parquet.
    TableSnapshot open(String path) {
        String wanted = store.entry(path + "/_delta_log").isPresent() ? "delta" : format(path);
        for (TableFormat format : formats) {
            if (format.name().equals(wanted)) {
                return open(format, path);
            }
        }
        throw new NeuralakeException(
                ErrorCode.UNSUPPORTED, "Files of this format cannot be read yet: " + path);
    }

    private static String format(String path) {
        int dot = path.lastIndexOf('.');
        String extension = dot < 0 ? "" : path.substring(dot + 1).toLowerCase(Locale.ROOT);
        return FORMAT_OF_EXTENSION.getOrDefault(extension, DEFAULT_FORMAT);
    }

    private TableSnapshot open(TableFormat format, String path) {
        return format.open(new QualifiedName(catalog, "main", path), path);
    }

    /// Lists the files of a path for COPY INTO: one, those of a folder and of its sub-folders but hidden
    /// ones, or those that match a pattern.
    List<SourceFile> list(String path) {
        boolean folder = store.entry(path).filter(StoredEntry::folder).isPresent();
        List<SourceFile> files =
                FileGlob.files(store, folder ? path.replaceAll("/+$", "") + "/**" : path).stream()
                        .filter(file -> !isHidden(file.path()))
                        .map(f -> new SourceFile(f.path(), f.bytes(), f.modifiedMillis()))
                        .toList();
        if (files.isEmpty()) {
            throw new NeuralakeException(ErrorCode.FILE_NOT_FOUND, "File not found: " + path);
        }
        return files;
    }

    private static boolean isHidden(String path) {
        int slash = path.lastIndexOf('/');
        return path.startsWith("_", slash + 1) || path.startsWith(".", slash + 1);
    }

    /// Returns a function `read_FORMAT` for each format.
    List<TableFunction> functions() {
        List<TableFunction> functions = new ArrayList<>();
        for (TableFormat format : formats) {
            functions.add(new ReadFunction(format));
        }
        return functions;
    }

    private final class ReadFunction implements TableFunction {
        private final TableFormat format;

        ReadFunction(TableFormat format) {
            this.format = format;
        }

        @Override
        public String name() {
            return "read_" + format.name();
        }

        @Override
        public TableSnapshot bind(List<Object> arguments, Map<String, Object> named) {
            if (arguments.size() != 1 || !(arguments.get(0) instanceof String path)) {
                throw new NeuralakeException(
                        ErrorCode.INVALID_PARAMETER,
                        "Function takes one path: " + name() + "('path')");
            }
            TableSnapshot table = open(format, path);
            if (named.isEmpty()) {
                return table;
            }
            if (!(table instanceof SupportsTimeTravel travel)
                    || named.size() > 1
                    || !(named.get("version") instanceof Long version)) {
                throw new NeuralakeException(
                        ErrorCode.INVALID_PARAMETER,
                        "Function has no such option: "
                                + name()
                                + ", "
                                + String.join(", ", named.keySet()));
            }
            return travel.at(new TableVersion.Number(version));
        }
    }
}
