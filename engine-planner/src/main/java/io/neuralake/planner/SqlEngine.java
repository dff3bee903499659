package io.neuralake.planner;

/// Plans and runs SQL statements. The entry for the Flight server, the command line and tests.
/// Thread-safe.
public interface SqlEngine {
    /// Parses, validates and plans one statement. A plan is cached by (text, session settings,
    /// versions of the tables); tables are looked up anew each time. Errors carry SQLSTATE and
    /// position.
    PreparedSql prepare(String sql, SqlSession session);

    /// Returns the catalogs by which names are resolved, in order.
    java.util.List<io.neuralake.spi.catalog.Catalog> catalogs();

    /// Loads batches into a table, in one commit, or as a part of the session's transaction. Columns
    /// find theirs by name and are cast as by assignments; columns that are missing have their
    /// defaults. Throws TABLE_NOT_FOUND, TABLE_EXISTS, COLUMN_NOT_FOUND, TYPE_MISMATCH and what a table's
    /// rules throw, and UNSUPPORTED inside a transaction for a load that makes a table or has a key.
    ///
    /// @return the number of rows; 0 if a load with the same key was committed before
    default long ingest(io.neuralake.planner.write.IngestRequest request, SqlSession session) {
        throw new io.neuralake.spi.error.NeuralakeException(
                io.neuralake.spi.error.ErrorCode.UNSUPPORTED, "Bulk loads are not supported");
    }
}
