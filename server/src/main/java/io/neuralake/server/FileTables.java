package io.neuralake.server;

import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableFormat;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.function.TableFunction;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Opens files that a statement names: `FROM 'x.parquet'`, `read_parquet('x.parquet')`.
final class FileTables {
    private static final Map<String, String> FORMAT_OF_EXTENSION =
            Map.of("csv", "csv", "json", "json", "ndjson", "json", "jsonl", "json");
    private static final String DEFAULT_FORMAT = "parquet";

    private final String catalog;
    private final List<TableFormat> formats;

    FileTables(String catalog, List<TableFormat> formats) {
        this.catalog = catalog;
        this.formats = List.copyOf(formats);
    }

    /// Opens a path by its extension; without a known one as Parquet.
    TableSnapshot open(String path) {
        int dot = path.lastIndexOf('.');
        String extension = dot < 0 ? "" : path.substring(dot + 1).toLowerCase(Locale.ROOT);
        String wanted = FORMAT_OF_EXTENSION.getOrDefault(extension, DEFAULT_FORMAT);
        for (TableFormat format : formats) {
            if (format.name().equals(wanted)) {
                return open(format, path);
            }
        }
        throw new NeuralakeException(
                ErrorCode.UNSUPPORTED, "Files of this format cannot be read yet: " + path);
    }

    private TableSnapshot open(TableFormat format, String path) {
        return format.open(new QualifiedName(catalog, "main", path), path);
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
            if (!named.isEmpty()) {
                throw new NeuralakeException(
                        ErrorCode.INVALID_PARAMETER,
                        "Function has no such option: "
                                + name()
                                + ", "
                                + String.join(", ", named.keySet()));
            }
            return open(format, path);
        }
    }
}
