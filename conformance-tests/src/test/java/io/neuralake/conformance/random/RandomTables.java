package io.neuralake.conformance.random;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Tables of random rows, written to Parquet by DuckDB, so that both engines read the same files.
final class RandomTables {
    /// A table with the same columns as all others.
    ///
    /// @param large too large for a join without an equality
    record Table(String name, int rows, boolean large) {}

    static final List<Table> TABLES =
            List.of(
                    new Table("t0", 40, false),
                    new Table("t1", 25, false),
                    new Table("t2", 9, false),
                    new Table("none", 0, false),
                    new Table("many", 5000, true));

    private record Definition(String name, String type, Kind kind) {}

    private static final List<Definition> COLUMNS =
            List.of(
                    new Definition("k", "INTEGER", Kind.INTEGER),
                    new Definition("h", "SMALLINT", Kind.INTEGER),
                    new Definition("i", "INTEGER", Kind.INTEGER),
                    new Definition("b", "BIGINT", Kind.BIGINT),
                    new Definition("m", "DECIMAL(10, 2)", Kind.DECIMAL),
                    new Definition("d", "DOUBLE", Kind.DOUBLE),
                    new Definition("s", "VARCHAR", Kind.VARCHAR),
                    new Definition("u", "DATE", Kind.DATE),
                    new Definition("t", "TIMESTAMP", Kind.TIMESTAMP),
                    new Definition("f", "BOOLEAN", Kind.BOOLEAN));

    private static final int ROWS_A_STATEMENT = 500;

    private RandomTables() {}

    /// Returns the columns of any of the tables under an alias.
    static List<Column> columns(String alias) {
        return COLUMNS.stream().map(c -> new Column(alias + "." + c.name, c.kind)).toList();
    }

    /// Writes all tables into a folder.
    static void write(Path folder, RandomSource random) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            for (Table table : TABLES) {
                statement.execute(
                        COLUMNS.stream()
                                .map(c -> c.name + " " + c.type)
                                .collect(
                                        Collectors.joining(
                                                ", ", "CREATE TABLE " + table.name + " (", ")")));
                for (int from = 0; from < table.rows; from += ROWS_A_STATEMENT) {
                    int count = Math.min(ROWS_A_STATEMENT, table.rows - from);
                    statement.execute(
                            IntStream.range(0, count)
                                    .mapToObj(i -> row(random))
                                    .collect(
                                            Collectors.joining(
                                                    ", ",
                                                    "INSERT INTO " + table.name + " VALUES ",
                                                    "")));
                }
                statement.execute(
                        "COPY "
                                + table.name
                                + " TO '"
                                + folder.resolve(table.name + ".parquet")
                                + "' (FORMAT parquet, ROW_GROUP_SIZE 2048)");
            }
        }
    }

    private static String row(RandomSource random) {
        List<String> values = new ArrayList<>();
        for (Definition column : COLUMNS) {
            values.add(random.percent(15) ? "NULL" : value(column, random));
        }
        return "(" + String.join(", ", values) + ")";
    }

    private static String value(Definition column, RandomSource random) {
        return column.name.equals("k")
                ? Integer.toString(random.below(10))
                : RandomValues.literal(column.kind, random);
    }
}
