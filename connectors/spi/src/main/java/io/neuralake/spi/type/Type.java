package io.neuralake.spi.type;

/// Describes a SQL type. Nullability belongs to [Field], not to the type. Values are equal when they
/// denote the same type. Immutable.
///
/// Java form of a value, used by literals, parameters, statistics and tests:
///
/// | type | Java class |
/// | --- | --- |
/// | BOOLEAN | Boolean |
/// | TINYINT, SMALLINT, INTEGER, BIGINT | Long |
/// | REAL, DOUBLE | Double |
/// | DECIMAL(p, s) | BigDecimal of scale s |
/// | VARCHAR | String |
/// | VARBINARY | `byte[]` |
/// | DATE | Long, days since 1970-01-01 |
/// | TIME | Long, microseconds of the day |
/// | TIMESTAMP, TIMESTAMP_TZ | Long, microseconds since 1970-01-01T00:00:00 (UTC for TIMESTAMP_TZ) |
/// | INTERVAL_YEAR_MONTH | Long, months |
/// | INTERVAL_DAY_TIME | Long, microseconds |
/// | list | `List<Object>` |
/// | struct | `List<Object>`, one an field |
/// | map | `List<List<Object>>`, key and value |
public sealed interface Type permits ScalarType, DecimalType, ListType, StructType, MapType {
    /// Returns the layout of a flat column of this type.
    PhysicalType physical();

    /// Returns the SQL spelling, such as `DECIMAL(15, 2)` or `INTEGER[]`.
    String sql();
}
