package io.neuralake.conformance.client;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// Runs in a JVM with nothing but the stock driver. Leaves a result before its end, each step said
/// aloud; goes on after a line of input; then runs another query on the same connection.
public final class JdbcStreams {
    private static final int FEW_ROWS = 10;

    private JdbcStreams() {}

    /// Takes the URL, `close`, `cancel` or `hold`, and the query.
    public static void main(String[] arguments) throws Exception {
        try (Connection connection = DriverManager.getConnection(arguments[0])) {
            switch (arguments[1]) {
                case "close" -> close(connection, arguments[2]);
                case "cancel" -> cancel(connection, arguments[2]);
                case "hold" -> hold(connection, arguments[2]);
                default -> throw new IllegalArgumentException(arguments[1]);
            }
            awaitInput();
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT count(*) FROM nation")) {
                rows.next();
                say("next query: " + rows.getLong(1));
            }
        }
        System.exit(0);
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static void awaitInput() throws IOException {
        if (System.in.read() < 0) {
            throw new IOException("End of input");
        }
    }

    private static void close(Connection connection, String sql) throws Exception {
        try (Statement statement = connection.createStatement()) {
            ResultSet rows = statement.executeQuery(sql);
            readFew(rows);
            say("reading");
            awaitInput();
            rows.close();
            say("closed");
        }
    }

    private static void cancel(Connection connection, String sql) throws Exception {
        try (Statement statement = connection.createStatement()) {
            Thread reader =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try (ResultSet rows = statement.executeQuery(sql)) {
                                            while (rows.next()) {
                                                // until it is cancelled
                                            }
                                            say("looked complete");
                                        } catch (SQLException e) {
                                            say("cancelled");
                                        }
                                    });
            say("reading");
            awaitInput();
            statement.cancel();
            reader.join();
        }
    }

    private static void hold(Connection connection, String sql) throws Exception {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            readFew(rows);
            say("reading");
            awaitInput();
        }
    }

    private static void readFew(ResultSet rows) throws SQLException {
        for (int i = 0; i < FEW_ROWS; i++) {
            if (!rows.next()) {
                throw new SQLException("End of the result after " + i + " rows");
            }
        }
    }
}
