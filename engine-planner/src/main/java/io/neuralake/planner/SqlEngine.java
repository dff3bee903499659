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
}
