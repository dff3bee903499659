package io.neuralake.conformance.client;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.Objects;

/// Writes in a JVM with nothing but the stock driver. Prints `all checks passed`, or ends with a stack
/// trace.
public final class JdbcWrites {
    private JdbcWrites() {}

    /// Connects to the URL given and runs all checks.
    public static void main(String[] arguments) throws Exception {
        try (Connection connection = DriverManager.getConnection(arguments[0]);
                Connection other = DriverManager.getConnection(arguments[0])) {
            statements(connection);
            batches(connection);
            transactions(connection, other);
            metadata(connection.getMetaData());
        }
        lostTransaction(arguments[0]);
        System.out.println("all checks passed");
        System.exit(0);
    }

    private static void same(Object actual, Object expected) {
        if (!Objects.deepEquals(actual, expected)) {
            throw new AssertionError(actual + " is not " + expected);
        }
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            same(rows.next(), true);
            return rows.getLong(1);
        }
    }

    private static int run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    private static void fails(Connection connection, String sql, String state) {
        try {
            run(connection, sql);
        } catch (SQLException | RuntimeException e) {
            StringBuilder text = new StringBuilder(String.valueOf(e));
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                text.append(" / ").append(cause);
            }
            if (!text.toString().contains(state)) {
                throw new AssertionError(sql + ": " + text, e);
            }
            return;
        }
        throw new AssertionError("No error: " + sql);
    }

    private static void statements(Connection connection) throws SQLException {
        same(
                run(
                        connection,
                        "CREATE TABLE trips (id BIGINT NOT NULL, city VARCHAR, km DOUBLE,"
                                + " at TIMESTAMP)"),
                0);
        fails(connection, "CREATE TABLE trips (id BIGINT)", "[42P07]");
        same(run(connection, "INSERT INTO trips (id, city) VALUES (1, 'Basel'), (2, 'Chur')"), 2);
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO trips VALUES (?, ?, ?, ?)")) {
            insert.setLong(1, 3);
            insert.setString(2, "Genève");
            insert.setDouble(3, 2.5);
            insert.setTimestamp(4, Timestamp.valueOf("2024-02-29 01:02:03"));
            same(insert.executeUpdate(), 1);
            insert.setLong(1, 4);
            insert.setNull(2, Types.VARCHAR);
            insert.setNull(3, Types.DOUBLE);
            insert.setNull(4, Types.TIMESTAMP);
            same(insert.executeUpdate(), 1);
        }
        same(run(connection, "UPDATE trips SET km = 1 WHERE km IS NULL"), 3);
        same(run(connection, "DELETE FROM trips WHERE id = 2"), 1);
        same(
                run(
                        connection,
                        "MERGE INTO trips t USING (VALUES (1, 9.0), (5, 8.0)) AS s(id, km)"
                                + " ON t.id = s.id WHEN MATCHED THEN UPDATE SET km = s.km"
                                + " WHEN NOT MATCHED THEN INSERT (id, km) VALUES (s.id, s.km)"),
                2);
        same(number(connection, "SELECT count(*) FROM trips"), 4L);
        same(number(connection, "SELECT count(*) FROM trips FOR VERSION AS OF 1"), 2L);
        fails(connection, "INSERT INTO trips (city) VALUES ('x')", "[23502]");
        fails(connection, "INSERT INTO nowhere VALUES (1)", "[42P01]");
        try (Statement statement = connection.createStatement()) {
            same(statement.execute("DELETE FROM trips WHERE id = 5"), false);
            same(statement.getUpdateCount(), 1);
            same(statement.execute("OPTIMIZE trips"), true);
        }
    }

    private static void batches(Connection connection) throws SQLException {
        run(connection, "CREATE TABLE points (n BIGINT, label VARCHAR)");
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO points VALUES (?, ?)")) {
            for (int i = 0; i < 1000; i++) {
                insert.setLong(1, i);
                insert.setString(2, "point " + i);
                insert.addBatch();
            }
            // The driver has one count for all.
            long total = 0;
            for (int count : insert.executeBatch()) {
                total += count;
            }
            same(total, 1000L);
        }
        same(number(connection, "SELECT count(DISTINCT label) FROM points"), 1000L);
        same(number(connection, "SELECT count(*) FROM table_history('points')"), 2L);
    }

    /// The driver keeps commit() and rollback() to itself; SQL reaches the server.
    private static void transactions(Connection connection, Connection other) throws SQLException {
        run(connection, "BEGIN");
        fails(connection, "BEGIN", "[25001]");
        run(connection, "ROLLBACK");
        run(connection, "BEGIN");
        same(run(connection, "INSERT INTO points VALUES (-1, 'mine')"), 1);
        same(number(connection, "SELECT count(*) FROM points WHERE n < 0"), 1L);
        same(number(other, "SELECT count(*) FROM points WHERE n < 0"), 0L);
        run(connection, "ROLLBACK");
        same(number(connection, "SELECT count(*) FROM points WHERE n < 0"), 0L);
        run(connection, "BEGIN");
        run(connection, "INSERT INTO points VALUES (-1, 'mine')");
        run(connection, "DELETE FROM points WHERE n = 0");
        run(connection, "COMMIT");
        same(number(other, "SELECT count(*) FROM points"), 1000L);
        run(connection, "BEGIN");
        run(connection, "UPDATE points SET label = 'a' WHERE n = 1");
        run(other, "UPDATE points SET label = 'b' WHERE n = 1");
        fails(connection, "COMMIT", "[40001]");
        fails(connection, "COMMIT", "[25P01]");
        same(number(connection, "SELECT count(*) FROM points WHERE label = 'b'"), 1L);
    }

    private static void lostTransaction(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            run(connection, "BEGIN");
            run(connection, "DELETE FROM points");
        }
        try (Connection connection = DriverManager.getConnection(url)) {
            same(number(connection, "SELECT count(*) FROM points"), 1000L);
        }
    }

    private static void metadata(DatabaseMetaData data) throws SQLException {
        same(data.isReadOnly(), false);
        same(data.supportsBatchUpdates(), true);
        // Else tools would offer a rollback() that does nothing.
        same(data.supportsTransactions(), false);
        same(data.getDefaultTransactionIsolation(), Connection.TRANSACTION_NONE);
    }
}
