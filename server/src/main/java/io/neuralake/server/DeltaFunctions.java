package io.neuralake.server;

import io.neuralake.connector.delta.changes.ChangeRange;
import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.CommitSummary;
import io.neuralake.connector.delta.log.DeletionVector;
import io.neuralake.connector.delta.log.TableMetadata;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.planner.catalog.MemoryTable;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.function.TableFunction;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/// What a Delta table's log knows, as tables: `table_history(t)`, `table_detail(t)`, `table_files(t)`, and
/// what its commits changed: `table_changes(t, from[, to])`.
final class DeltaFunctions {
    private static final long MICROS_A_MILLI = 1000;
    private static final MapType TEXTS = new MapType(ScalarType.VARCHAR, ScalarType.VARCHAR);

    private static final Schema HISTORY =
            Schema.of(
                    Field.of("version", ScalarType.BIGINT),
                    Field.of("commit_timestamp", ScalarType.TIMESTAMP_TZ),
                    Field.of("operation", ScalarType.VARCHAR),
                    Field.of("operation_parameters", ScalarType.VARCHAR),
                    Field.of("operation_metrics", ScalarType.VARCHAR),
                    Field.of("read_version", ScalarType.BIGINT),
                    Field.of("isolation_level", ScalarType.VARCHAR),
                    Field.of("is_blind_append", ScalarType.BOOLEAN),
                    Field.of("user_metadata", ScalarType.VARCHAR),
                    Field.of("engine_info", ScalarType.VARCHAR));

    private static final Schema DETAIL =
            Schema.of(
                    Field.of("format", ScalarType.VARCHAR),
                    Field.of("id", ScalarType.VARCHAR),
                    Field.of("description", ScalarType.VARCHAR),
                    Field.of("location", ScalarType.VARCHAR),
                    Field.of("version", ScalarType.BIGINT),
                    Field.of("last_modified", ScalarType.TIMESTAMP_TZ),
                    Field.of("partition_columns", new ListType(ScalarType.VARCHAR)),
                    Field.of("num_files", ScalarType.BIGINT),
                    Field.of("size_in_bytes", ScalarType.BIGINT),
                    Field.of("properties", TEXTS),
                    Field.of("min_reader_version", ScalarType.INTEGER),
                    Field.of("min_writer_version", ScalarType.INTEGER),
                    Field.of("table_features", new ListType(ScalarType.VARCHAR)));

    private static final Schema FILES =
            Schema.of(
                    Field.of("path", ScalarType.VARCHAR),
                    Field.of("partition_values", TEXTS),
                    Field.of("size_in_bytes", ScalarType.BIGINT),
                    Field.of("modification_time", ScalarType.TIMESTAMP_TZ),
                    Field.of("num_rows", ScalarType.BIGINT),
                    Field.of("num_deleted_rows", ScalarType.BIGINT),
                    Field.of("stats", ScalarType.VARCHAR));

    private DeltaFunctions() {}

    static List<TableFunction> all() {
        return List.of(
                new OfTable("table_history", HISTORY, DeltaFunctions::history),
                new OfTable("table_detail", DETAIL, DeltaFunctions::detail),
                new OfTable("table_files", FILES, DeltaFunctions::files),
                new Changes());
    }

    private record OfTable(
            String name, Schema schema, Function<DeltaTable, List<List<@Nullable Object>>> rows)
            implements TableFunction {
        @Override
        public boolean takesTable() {
            return true;
        }

        @Override
        public TableSnapshot bind(List<Object> arguments, Map<String, Object> named) {
            if (arguments.size() != 1 || !named.isEmpty()) {
                throw new NeuralakeException(
                        ErrorCode.INVALID_PARAMETER, "Function takes a table alone: " + name);
            }
            if (!(arguments.getFirst() instanceof DeltaTable table)) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED, "Function takes a Delta table: " + name);
            }
            return new MemoryTable(
                    new QualifiedName(table.name().catalog(), table.name().schema(), name),
                    schema,
                    rows.apply(table));
        }
    }

    /// `table_changes(t, from[, to])`: numbers are versions, timestamps and texts are times.
    private record Changes() implements TableFunction {
        /// No table has as many versions; no instant since May 1970 has fewer microseconds.
        private static final long MAX_VERSION = 10_000_000_000_000L;

        @Override
        public String name() {
            return "table_changes";
        }

        @Override
        public boolean takesTable() {
            return true;
        }

        @Override
        public TableSnapshot bind(List<Object> arguments, Map<String, Object> named) {
            if (arguments.size() < 2 || arguments.size() > 3 || !named.isEmpty()) {
                throw new NeuralakeException(
                        ErrorCode.INVALID_PARAMETER,
                        "Function takes a table and one or two versions or timestamps: " + name());
            }
            if (!(arguments.getFirst() instanceof DeltaTable table)) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED, "Function takes a Delta table: " + name());
            }
            return new ChangeRange(
                            version(arguments.get(1)),
                            arguments.size() == 2 ? null : version(arguments.get(2)))
                    .of(table);
        }

        private TableVersion version(Object argument) {
            return switch (argument) {
                case Long number when number < MAX_VERSION -> new TableVersion.Number(number);
                case Long micros -> new TableVersion.Time(micros);
                case String text -> new TableVersion.Time(micros(text));
                default ->
                        throw new NeuralakeException(
                                ErrorCode.INVALID_PARAMETER,
                                "Neither a version nor a timestamp: " + argument);
            };
        }

        private static long micros(String text) {
            try {
                String iso = text.trim().replace(' ', 'T');
                Instant instant =
                        iso.length() <= 10
                                ? LocalDate.parse(iso).atStartOfDay().toInstant(ZoneOffset.UTC)
                                : iso.endsWith("Z") || iso.lastIndexOf('+') > 10
                                        ? OffsetDateTime.parse(iso).toInstant()
                                        : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
                return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
            } catch (DateTimeException e) {
                throw new NeuralakeException(
                        ErrorCode.INVALID_DATETIME, "Not a timestamp: " + text, e);
            }
        }
    }

    private static List<List<@Nullable Object>> history(DeltaTable table) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (CommitSummary commit : table.history()) {
            Map<String, String> info = commit.info();
            String read = info.get("readVersion");
            String blind = info.get("isBlindAppend");
            rows.add(
                    row(
                            commit.version(),
                            commit.millis() * MICROS_A_MILLI,
                            info.get("operation"),
                            info.get("operationParameters"),
                            info.get("operationMetrics"),
                            read == null ? null : Long.valueOf(read),
                            info.get("isolationLevel"),
                            blind == null ? null : Boolean.valueOf(blind),
                            info.get("userMetadata"),
                            info.get("engineInfo")));
        }
        return rows;
    }

    private static List<List<@Nullable Object>> detail(DeltaTable table) {
        TableState state = table.state();
        TableMetadata metadata = state.metadata();
        long bytes = 0;
        for (AddFile file : state.files()) {
            bytes += file.size();
        }
        TreeSet<String> features = new TreeSet<>(state.protocol().readerFeatures());
        features.addAll(state.protocol().writerFeatures());
        return List.of(
                row(
                        "delta",
                        metadata.id(),
                        metadata.description(),
                        table.folder(),
                        state.version(),
                        state.millis() * MICROS_A_MILLI,
                        metadata.schema().partitionNames(),
                        (long) state.fileCount(),
                        bytes,
                        entries(metadata.properties()),
                        (long) state.protocol().minReaderVersion(),
                        (long) state.protocol().minWriterVersion(),
                        List.copyOf(features)));
    }

    private static List<List<@Nullable Object>> files(DeltaTable table) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (AddFile file : table.state().files()) {
            DeletionVector deleted = file.deletionVector();
            rows.add(
                    row(
                            file.path(),
                            entries(file.partitionValues()),
                            file.size(),
                            file.modifiedMillis() * MICROS_A_MILLI,
                            file.rowCount() < 0 ? null : file.rowCount(),
                            deleted == null ? 0L : deleted.cardinality(),
                            file.statistics()));
        }
        return rows;
    }

    /// Returns a map's entries by name.
    private static List<List<@Nullable Object>> entries(
            Map<String, ? extends @Nullable String> map) {
        List<List<@Nullable Object>> entries = new ArrayList<>();
        new TreeMap<>(map).forEach((key, value) -> entries.add(row(key, value)));
        return entries;
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }
}
