package io.neuralake.conformance.client;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;
import java.util.stream.Stream;

/// Runs in a JVM with nothing but the stock driver. Runs every `.sql` file of a folder and writes the
/// rows into a file beside it, as [ClientAnswer] reads them.
public final class JdbcQueries {
    private JdbcQueries() {}

    /// Takes the URL and the folder.
    public static void main(String[] arguments) throws SQLException, IOException {
        try (Connection connection = DriverManager.getConnection(arguments[0]);
                Stream<Path> files = Files.list(Path.of(arguments[1]))) {
            List<Path> queries =
                    files.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
            for (Path query : queries) {
                run(connection, query);
            }
        }
        System.exit(0);
    }

    private static void run(Connection connection, Path query) throws SQLException, IOException {
        Path rows = query.resolveSibling(query.getFileName() + ".rows");
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(Files.readString(query));
                Writer writer = Files.newBufferedWriter(rows)) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                for (int i = 1; i <= columns; i++) {
                    writer.write(i == 1 ? "" : "\t");
                    writer.write(text(result, i, result.getMetaData().getColumnType(i)));
                }
                writer.write("\n");
            }
        } catch (SQLException e) {
            throw new SQLException(query.getFileName() + ": " + e.getMessage(), e);
        }
    }

    private static String text(ResultSet result, int column, int type) throws SQLException {
        String text =
                switch (type) {
                    case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT ->
                            "D" + result.getLong(column);
                    case Types.DECIMAL, Types.NUMERIC -> "D" + result.getBigDecimal(column);
                    case Types.REAL, Types.FLOAT, Types.DOUBLE -> "F" + result.getDouble(column);
                    case Types.DATE -> "T" + result.getDate(column);
                    default -> "T" + escaped(result.getString(column));
                };
        return result.wasNull() ? "N" : text;
    }

    private static String escaped(String text) {
        return text == null
                ? ""
                : text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n");
    }
}
