package io.neuralake.conformance.random;

/// A type of the random queries.
enum Kind {
    BOOLEAN("BOOLEAN"),
    INTEGER("INTEGER"),
    BIGINT("BIGINT"),
    DECIMAL("DECIMAL(18, 2)"),
    DOUBLE("DOUBLE"),
    VARCHAR("VARCHAR"),
    DATE("DATE"),
    TIMESTAMP("TIMESTAMP");

    private final String sql;

    Kind(String sql) {
        this.sql = sql;
    }

    /// Returns the type in a CAST.
    String sql() {
        return sql;
    }

    boolean isNumber() {
        return this == INTEGER || this == BIGINT || this == DECIMAL || this == DOUBLE;
    }
}
