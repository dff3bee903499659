package io.neuralake.spi.type;

/// Types without parameters. DATE counts days; TIME, TIMESTAMP and day-time intervals count
/// microseconds; TIMESTAMP has no zone, TIMESTAMP_TZ is an instant.
public enum ScalarType implements Type {
    /// The type of a bare NULL: castable to every type. Laid out as BIT, all rows null.
    NULL(PhysicalType.BIT, "NULL"),
    BOOLEAN(PhysicalType.BIT, "BOOLEAN"),
    TINYINT(PhysicalType.INT8, "TINYINT"),
    SMALLINT(PhysicalType.INT16, "SMALLINT"),
    INTEGER(PhysicalType.INT32, "INTEGER"),
    BIGINT(PhysicalType.INT64, "BIGINT"),
    REAL(PhysicalType.FLOAT32, "REAL"),
    DOUBLE(PhysicalType.FLOAT64, "DOUBLE"),
    VARCHAR(PhysicalType.VIEW, "VARCHAR"),
    VARBINARY(PhysicalType.VIEW, "VARBINARY"),
    DATE(PhysicalType.INT32, "DATE"),
    TIME(PhysicalType.INT64, "TIME"),
    TIMESTAMP(PhysicalType.INT64, "TIMESTAMP"),
    TIMESTAMP_TZ(PhysicalType.INT64, "TIMESTAMP WITH TIME ZONE"),
    INTERVAL_YEAR_MONTH(PhysicalType.INT32, "INTERVAL YEAR TO MONTH"),
    INTERVAL_DAY_TIME(PhysicalType.INT64, "INTERVAL DAY TO SECOND");

    private final PhysicalType physical;
    private final String sql;

    ScalarType(PhysicalType physical, String sql) {
        this.physical = physical;
        this.sql = sql;
    }

    @Override
    public PhysicalType physical() {
        return physical;
    }

    @Override
    public String sql() {
        return sql;
    }
}
