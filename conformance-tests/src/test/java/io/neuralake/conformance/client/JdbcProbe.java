package io.neuralake.conformance.client;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.Arrays;
import java.util.Objects;

/// Runs in a JVM with nothing but the stock driver. Prints `PASSED name` or `FAILED name: why` a
/// check.
public final class JdbcProbe {
    private static boolean failed;

    private JdbcProbe() {}

    private interface Check {
        void run() throws Exception;
    }

    /// Connects to the URL given and runs all checks.
    public static void main(String[] arguments) throws Exception {
        try (Connection connection = DriverManager.getConnection(arguments[0])) {
            check("types", () -> types(connection));
            check("prepared", () -> prepared(connection));
            check("metadata", () -> metadata(connection.getMetaData()));
            check("columns", () -> columns(connection.getMetaData()));
            check("errors", () -> errors(connection));
            check("updates", () -> updates(connection));
            check("many rows", () -> manyRows(connection));
            check("closed result", () -> closedResult(connection));
        }
        System.exit(failed ? 1 : 0);
    }

    private static void check(String name, Check check) {
        try {
            check.run();
            System.out.println("PASSED " + name);
        } catch (Exception | AssertionError | LinkageError e) {
            failed = true;
            System.out.println("FAILED " + name + ": " + e);
            e.printStackTrace(System.out);
        }
    }

    private static void same(Object actual, Object expected) {
        if (!Objects.deepEquals(actual, expected)) {
            throw new AssertionError(actual + " is not " + expected);
        }
    }

    private static void types(Connection connection) throws SQLException {
        String sql =
                "SELECT TRUE, CAST(1 AS TINYINT), CAST(2 AS SMALLINT), 3, CAST(4 AS BIGINT),"
                        + " CAST(5.5 AS REAL), CAST(6.5 AS DOUBLE), CAST(7.25 AS DECIMAL(38, 2)),"
                        + " 'text', X'0102', DATE '2024-02-29', TIME '12:34:56',"
                        + " TIMESTAMP '2024-02-29 12:34:56.789',"
                        + " (SELECT array_agg(n_nationkey ORDER BY n_nationkey)"
                        + " FROM nation WHERE n_nationkey < 3), CAST(NULL AS INTEGER)";
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            same(rows.next(), true);
            same(rows.getBoolean(1), true);
            same(rows.getByte(2), (byte) 1);
            same(rows.getShort(3), (short) 2);
            same(rows.getInt(4), 3);
            same(rows.getLong(5), 4L);
            same(rows.getFloat(6), 5.5f);
            same(rows.getDouble(7), 6.5);
            same(rows.getBigDecimal(8), new BigDecimal("7.25"));
            same(rows.getString(9), "text");
            same(rows.getBytes(10), new byte[] {1, 2});
            same(rows.getDate(11).toString(), "2024-02-29");
            same(rows.getTime(12).toString(), "12:34:56");
            same(rows.getTimestamp(13).toString(), "2024-02-29 12:34:56.789");
            same(Arrays.toString((Object[]) rows.getArray(14).getArray()), "[0, 1, 2]");
            rows.getInt(15);
            same(rows.wasNull(), true);
            same(rows.getMetaData().getColumnType(8), Types.DECIMAL);
            same(rows.getMetaData().getPrecision(8), 38);
            same(rows.getMetaData().getScale(8), 2);
            same(rows.next(), false);
        }
    }

    private static void prepared(Connection connection) throws SQLException {
        String sql =
                "SELECT CAST(? AS BOOLEAN), CAST(? AS TINYINT), CAST(? AS SMALLINT),"
                        + " CAST(? AS INTEGER), CAST(? AS BIGINT), CAST(? AS REAL),"
                        + " CAST(? AS DOUBLE), CAST(? AS DECIMAL(20, 4)), CAST(? AS VARCHAR),"
                        + " CAST(? AS VARBINARY), CAST(? AS DATE), CAST(? AS TIME),"
                        + " CAST(? AS TIMESTAMP), CAST(? AS INTEGER)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int run = 1; run <= 2; run++) {
                statement.setBoolean(1, true);
                statement.setByte(2, (byte) run);
                statement.setShort(3, (short) run);
                statement.setInt(4, run);
                statement.setLong(5, Long.MAX_VALUE);
                statement.setFloat(6, 1.5f);
                statement.setDouble(7, 2.5);
                statement.setBigDecimal(8, new BigDecimal("1234567890123456.7891"));
                statement.setString(9, "grün");
                statement.setBytes(10, "ab".getBytes(StandardCharsets.UTF_8));
                statement.setDate(11, Date.valueOf("2024-02-29"));
                statement.setTime(12, Time.valueOf("01:02:03"));
                statement.setTimestamp(13, Timestamp.valueOf("2024-02-29 01:02:03"));
                statement.setNull(14, Types.INTEGER);
                try (ResultSet rows = statement.executeQuery()) {
                    same(rows.next(), true);
                    same(rows.getBoolean(1), true);
                    same(rows.getInt(2), run);
                    same(rows.getInt(3), run);
                    same(rows.getInt(4), run);
                    same(rows.getLong(5), Long.MAX_VALUE);
                    same(rows.getFloat(6), 1.5f);
                    same(rows.getDouble(7), 2.5);
                    same(rows.getBigDecimal(8), new BigDecimal("1234567890123456.7891"));
                    same(rows.getString(9), "grün");
                    same(rows.getBytes(10), "ab".getBytes(StandardCharsets.UTF_8));
                    same(rows.getObject(14), null);
                    same(rows.next(), false);
                }
            }
        }
    }

    private static void metadata(DatabaseMetaData data) throws SQLException {
        same(data.getDatabaseProductName(), "Neuralake");
        same(first(data.getCatalogs(), "TABLE_CAT"), "lake");
        same(first(data.getSchemas(), "TABLE_SCHEM"), "main");
        same(
                first(data.getTables(null, null, "nat%", new String[] {"TABLE"}), "TABLE_NAME"),
                "nation");
        same(first(data.getTableTypes(), "TABLE_TYPE"), "TABLE");
        same(first(data.getPrimaryKeys("lake", "main", "nation"), "TABLE_NAME"), null);
        same(first(data.getImportedKeys("lake", "main", "nation"), "FKTABLE_NAME"), null);
        same(first(data.getExportedKeys("lake", "main", "nation"), "FKTABLE_NAME"), null);
        data.getTypeInfo().close();
        same(data.getIdentifierQuoteString(), "\"");
        same(data.supportsTransactions(), false);
        data.getSQLKeywords();
        data.getNumericFunctions();
        data.getStringFunctions();
        data.getSystemFunctions();
        data.getTimeDateFunctions();
        data.getSearchStringEscape();
        data.getExtraNameCharacters();
        data.getSchemaTerm();
        data.getCatalogTerm();
        data.getProcedureTerm();
        data.isCatalogAtStart();
        data.isReadOnly();
        data.allTablesAreSelectable();
        data.nullsAreSortedHigh();
        data.nullsAreSortedAtEnd();
        data.supportsConvert();
        data.supportsConvert(Types.INTEGER, Types.VARCHAR);
        data.supportsGroupBy();
        data.supportsGroupByUnrelated();
        data.supportsOuterJoins();
        data.supportsFullOuterJoins();
        data.supportsUnion();
        data.supportsUnionAll();
        data.supportsSubqueriesInExists();
        data.supportsCorrelatedSubqueries();
        data.supportsANSI92EntryLevelSQL();
        data.supportsCoreSQLGrammar();
        data.supportsMixedCaseIdentifiers();
        data.supportsMixedCaseQuotedIdentifiers();
        data.supportsBatchUpdates();
        data.supportsSavepoints();
        data.supportsResultSetType(ResultSet.TYPE_FORWARD_ONLY);
        data.supportsSchemasInDataManipulation();
        data.supportsCatalogsInDataManipulation();
        data.supportsTransactionIsolationLevel(Connection.TRANSACTION_NONE);
        data.getDefaultTransactionIsolation();
        data.getMaxColumnNameLength();
        data.getMaxColumnsInSelect();
        data.getMaxConnections();
        data.getMaxRowSize();
        data.getMaxStatementLength();
        data.getMaxTablesInSelect();
        data.getMaxUserNameLength();
        data.dataDefinitionCausesTransactionCommit();
        data.supportsStoredProcedures();
        data.supportsSelectForUpdate();
        data.supportsPositionedDelete();
    }

    private static String first(ResultSet rows, String column) throws SQLException {
        try (rows) {
            return rows.next() ? rows.getString(column) : null;
        }
    }

    private static void columns(DatabaseMetaData data) throws SQLException {
        try (ResultSet rows = data.getColumns(null, null, "orders", "o_%")) {
            int count = 0;
            while (rows.next()) {
                count++;
                if (rows.getString("COLUMN_NAME").equals("o_totalprice")) {
                    same(rows.getInt("DATA_TYPE"), Types.DECIMAL);
                    same(rows.getString("TYPE_NAME"), "DECIMAL");
                    same(rows.getInt("DECIMAL_DIGITS"), 2);
                }
            }
            same(count, 9);
        }
    }

    private static void errors(Connection connection) throws SQLException {
        failsWith(connection, "SELECT * FROM missing", "[42P01]");
        failsWith(connection, "SELECT missing FROM nation", "[42703]");
        failsWith(connection, "SELEC 1", "[42601]");
        failsWith(connection, "SELECT 1 / (n_nationkey - n_nationkey) FROM nation", "[22012]");
    }

    private static void failsWith(Connection connection, String sql, String state) {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                // until the error
            }
        } catch (SQLException e) {
            String text = String.valueOf(e);
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                text += " / " + cause;
            }
            if (!text.contains(state)) {
                throw new AssertionError(sql + ": " + text, e);
            }
            return;
        }
        throw new AssertionError("No error: " + sql);
    }

    private static void updates(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            same(statement.execute("SET threads = 1"), false);
            same(statement.execute("SELECT 1"), true);
        }
        failsWith(connection, "INSERT INTO nation VALUES (1)", "[0A000]");
    }

    private static void manyRows(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT generate_series FROM generate_series(1, 300000)")) {
            long sum = 0;
            while (rows.next()) {
                sum += rows.getLong(1);
            }
            same(sum, 300_000L * 300_001 / 2);
        }
    }

    private static void closedResult(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT generate_series FROM"
                                        + " generate_series(1, 100000000000)")) {
            same(rows.next(), true);
        }
    }
}
