package io.neuralake.server.bench;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.duckdb.DuckDBConnection;
import org.duckdb.ProfilerPrintFormat;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// DuckDB through its JDBC driver, with views over the same Parquet files, or with tables of its own in
/// memory that were filled from them. Where SQL leaves things open, it
/// is told to do what this engine does: integers divide to integers, nulls are the largest values.
public final class DuckDbBenchEngine implements BenchEngine {
    private static final String PARQUET = ".parquet";
    private static final Pattern PEAK = Pattern.compile("\"peak_buffer_memory\"\\s*:\\s*(\\d+)");

    private final String name;
    private final Connection connection;

    /// Opens an in-memory database over a folder of Parquet files.
    public DuckDbBenchEngine(Path folder, int threads) {
        this("duckdb", "VIEW", folder, threads);
    }

    /// Opens an in-memory database and fills its tables from a folder of Parquet files.
    public static DuckDbBenchEngine ofTablesInMemory(Path folder, int threads) {
        return new DuckDbBenchEngine("duckdb-memory", "TABLE", folder, threads);
    }

    private DuckDbBenchEngine(String name, String relation, Path folder, int threads) {
        this.name = name;
        try {
            connection = DriverManager.getConnection("jdbc:duckdb:");
        } catch (SQLException e) {
            throw failed("open", e);
        }
        try {
            prepare(relation, folder, threads);
        } catch (SQLException | IOException e) {
            close();
            throw failed("open", e);
        }
    }

    private void prepare(String relation, Path folder, int threads)
            throws SQLException, IOException {
        try (Statement statement = connection.createStatement();
                Stream<Path> files = Files.list(folder)) {
            statement.execute("SET threads = " + threads);
            statement.execute("SET integer_division = true");
            statement.execute("SET default_null_order = 'nulls_last_on_asc_first_on_desc'");
            for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                String of = file.getFileName().toString();
                if (of.endsWith(PARQUET)) {
                    String table = of.substring(0, of.length() - PARQUET.length());
                    create(statement, relation, table, file);
                } else if (Files.isDirectory(file.resolve("_delta_log"))) {
                    create(statement, relation, of, file.resolve("*" + PARQUET));
                }
            }
        }
    }

    /// Of a Delta table all files are read: right as long as none was removed.
    private static void create(Statement statement, String relation, String name, Path files)
            throws SQLException {
        statement.execute(
                "CREATE "
                        + relation
                        + " \""
                        + name
                        + "\" AS SELECT * FROM read_parquet('"
                        + files.toString().replace("'", "''")
                        + "')");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Answer run(String sql) {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            List<List<@Nullable Object>> rows = new ArrayList<>();
            while (result.next()) {
                List<@Nullable Object> values = new ArrayList<>(columns);
                for (int c = 1; c <= columns; c++) {
                    values.add(shared(result.getObject(c)));
                }
                rows.add(values);
            }
            return new Answer(rows);
        } catch (SQLException e) {
            throw failed("run the query", e);
        }
    }

    /// Runs a statement for what it does.
    public void execute(String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw failed("run the statement", e);
        }
    }

    /// As `peak_buffer_memory` of DuckDB's profiler, which is off in timed runs.
    @Override
    public long peakBytes(String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET tracked_metrics = ['system.*']");
            statement.execute("PRAGMA enable_profiling = 'no_output'");
            String profile;
            try {
                run(sql);
                profile =
                        connection
                                .unwrap(DuckDBConnection.class)
                                .getProfilingInformation(ProfilerPrintFormat.JSON);
            } finally {
                statement.execute("PRAGMA disable_profiling");
            }
            Matcher peak = PEAK.matcher(profile);
            if (!peak.find()) {
                throw new NeuralakeException(
                        ErrorCode.STORAGE_ERROR, "DuckDB tells no peak memory: " + profile);
            }
            return Long.parseLong(peak.group(1));
        } catch (SQLException e) {
            throw failed("profile the query", e);
        }
    }

    private static @Nullable Object shared(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case BigDecimal d -> d;
            case BigInteger i -> new BigDecimal(i);
            case Double d -> d;
            case Float f -> (double) f;
            case Number n -> BigDecimal.valueOf(n.longValue());
            case Timestamp t -> t.toLocalDateTime().toString();
            case OffsetDateTime t -> t.toInstant().toString();
            case Array list -> list(list);
            default -> value.toString();
        };
    }

    private static String list(Array list) {
        try {
            return Arrays.asList((Object[]) list.getArray()).toString();
        } catch (SQLException e) {
            throw failed("read a list", e);
        }
    }

    private static NeuralakeException failed(String action, Exception cause) {
        return new NeuralakeException(
                ErrorCode.STORAGE_ERROR,
                "DuckDB could not " + action + ": " + cause.getMessage(),
                cause);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed("close", e);
        }
    }
}
