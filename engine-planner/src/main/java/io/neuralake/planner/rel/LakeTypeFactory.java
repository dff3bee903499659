package io.neuralake.planner.rel;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.type.SqlTypeFactoryImpl;
import org.apache.calcite.sql.type.SqlTypeName;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/// Creates Calcite types by the rules of [LakeTypeSystem]; strings are UTF-8. Thread-safe.
public final class LakeTypeFactory extends SqlTypeFactoryImpl {
    /// The one instance needed.
    public static final LakeTypeFactory INSTANCE = new LakeTypeFactory();

    private LakeTypeFactory() {
        super(LakeTypeSystem.INSTANCE);
    }

    /// Makes times and timestamps of microseconds, whatever a literal's digits.
    @Override
    public RelDataType createSqlType(SqlTypeName name, int precision) {
        return switch (name) {
            case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE, TIMESTAMP_TZ ->
                    super.createSqlType(name, TypeMapping.FRACTION_DIGITS);
            default -> super.createSqlType(name, precision);
        };
    }

    @Override
    public Charset getDefaultCharset() {
        return StandardCharsets.UTF_8;
    }
}
