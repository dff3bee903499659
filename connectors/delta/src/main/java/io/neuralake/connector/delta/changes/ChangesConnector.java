package io.neuralake.connector.delta.changes;

import io.neuralake.connector.delta.changes.ChangedFiles.Changed;
import io.neuralake.connector.delta.scan.DeltaConnector;
import io.neuralake.connector.delta.schema.TableSchema;
import io.neuralake.connector.parquet.ColumnOrigin;
import io.neuralake.connector.parquet.DeletedRows;
import io.neuralake.connector.parquet.file.FileId;
import io.neuralake.connector.parquet.file.Footer;
import io.neuralake.connector.parquet.filter.Pruner;
import io.neuralake.connector.parquet.filter.ValueBounds;
import io.neuralake.connector.parquet.schema.ParquetField;
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
import io.neuralake.spi.expression.ColumnPath;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/// Reads changed rows: commits and files when their splits are asked for, so that no range is too long.
/// Files are skipped by version, time, kind of change and partition before they are opened, row groups by their
/// statistics after that. Thread-safe.
final class ChangesConnector implements Connector {
    private static final long MICROS_A_MILLI = 1000;

    @Override
    public SplitSource splits(ScanRequest request, ScanMetrics metrics) {
        ChangesTable table = (ChangesTable) request.table();
        ChangedFiles files = new ChangedFiles(table);
        Queue<Split> splits = new ArrayDeque<>();
        return new SplitSource() {
            private boolean done;

            @Override
            public synchronized Optional<? extends Split> next() {
                while (splits.isEmpty() && !done) {
                    Changed file = files.next();
                    done = file == null;
                    if (file != null && isWanted(table, file, request)) {
                        ChangePart part = part(table, file);
                        DeletedRows others = part.deletedRows();
                        if (others == null || others.count() < part.footer().rowCount()) {
                            splits.addAll(
                                    connector(table).parquet().splits(part, request, metrics));
                        }
                    } else if (file != null) {
                        metrics.add(Counter.FILES, 1);
                        metrics.add(Counter.FILES_PRUNED, 1);
                        metrics.add(Counter.BYTES_PRUNED, Math.max(0, file.size()));
                    }
                }
                return Optional.ofNullable(splits.poll());
            }
        };
    }

    private static DeltaConnector connector(ChangesTable table) {
        return (DeltaConnector) table.last().connector();
    }

    private static boolean isWanted(ChangesTable table, Changed file, ScanRequest request) {
        return request.predicates().isEmpty()
                || Pruner.mayMatch(request.predicates(), path -> bounds(table, file, path));
    }

    private static @Nullable ValueBounds bounds(ChangesTable table, Changed file, ColumnPath path) {
        TableSchema schema = table.last().state().metadata().schema();
        int columns = schema.schema().size();
        Object value;
        if (path.ordinal() < columns) {
            if (!schema.isPartition(path.ordinal())) {
                return null;
            }
            value = schema.partitionValue(path.ordinal(), file.partitionValues());
            if (value == null) {
                return new ValueBounds(null, null, 1, 1, false);
            }
        } else {
            value = constants(file).get(path.ordinal() - columns);
            if (value == null) {
                return null;
            }
        }
        Object bound = value instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : value;
        return new ValueBounds(bound, bound, 0, 1, false);
    }

    /// Returns what all rows of a file have in the columns behind the table's; null for what they say
    /// themselves.
    private static List<@Nullable Object> constants(Changed file) {
        List<@Nullable Object> values = new ArrayList<>();
        values.add(file.type());
        values.add(file.version());
        values.add(file.millis() * MICROS_A_MILLI);
        return values;
    }

    private static ChangePart part(ChangesTable table, Changed file) {
        DeltaConnector connector = connector(table);
        Footer footer = footer(table, file);
        List<ColumnOrigin> origins =
                new ArrayList<>(
                        table.last()
                                .state()
                                .metadata()
                                .schema()
                                .origins(footer.schema(), file.partitionValues()));
        for (Object value : constants(file)) {
            origins.add(
                    value == null ? changeType(footer, file) : new ColumnOrigin.Constant(value));
        }
        String folder = table.last().folder();
        DeletedRows live = connector.deletedRows(folder, file.live());
        DeletedRows changed =
                ChangedFiles.ALL.equals(file.gone())
                        ? live
                        : new OtherRows(
                                live,
                                connector.deletedRows(folder, file.gone()),
                                footer.rowCount());
        return new ChangePart(footer, origins, changed);
    }

    private static ColumnOrigin changeType(Footer footer, Changed file) {
        ParquetField field = footer.schema().field(ChangesTable.TYPE.name());
        if (field == null) {
            throw new NeuralakeException(
                    ErrorCode.CORRUPT_FILE,
                    "File of changed rows does not say how they changed: " + file.path());
        }
        return new ColumnOrigin.Stored(field, true);
    }

    private static Footer footer(ChangesTable table, Changed file) {
        try {
            long size =
                    file.size() >= 0
                            ? file.size()
                            : table.last()
                                    .log()
                                    .store()
                                    .entry(file.path())
                                    .map(entry -> entry.bytes())
                                    .orElse(0L);
            return connector(table).parquet().footer(FileId.writtenOnce(file.path(), size));
        } catch (NeuralakeException e) {
            if (e.code() != ErrorCode.FILE_NOT_FOUND) {
                throw e;
            }
            throw new NeuralakeException(
                    ErrorCode.FILE_NOT_FOUND,
                    "Changes of version "
                            + file.version()
                            + " cannot be read any more, since a file of them was deleted: "
                            + file.path(),
                    e);
        }
    }

    @Override
    public BatchSource open(Split split, ScanRequest request, ScanContext context) {
        return connector((ChangesTable) request.table()).open(split, request, context);
    }
}
