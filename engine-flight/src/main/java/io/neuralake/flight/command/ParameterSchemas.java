package io.neuralake.flight.command;

import io.neuralake.spi.arrow.ArrowTypes;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.FieldType;

/// Makes the Arrow schemas that tell clients the types of parameters. Times are announced in
/// milliseconds, the unit of JDBC: the stock driver (flight-sql-jdbc 18.3) writes its milliseconds
/// into whatever unit was announced, unscaled. Clients that bind other units are read as they sent.
final class ParameterSchemas {
    private static final int MILLIS_BITS = 32;

    private ParameterSchemas() {}

    static org.apache.arrow.vector.types.pojo.Schema of(Schema parameters) {
        return new org.apache.arrow.vector.types.pojo.Schema(
                parameters.fields().stream().map(ParameterSchemas::field).toList());
    }

    private static org.apache.arrow.vector.types.pojo.Field field(Field field) {
        if (field.type() instanceof ScalarType type) {
            switch (type) {
                case TIME -> {
                    return plain(field, new ArrowType.Time(TimeUnit.MILLISECOND, MILLIS_BITS));
                }
                case TIMESTAMP -> {
                    return plain(field, new ArrowType.Timestamp(TimeUnit.MILLISECOND, null));
                }
                case TIMESTAMP_TZ -> {
                    return plain(field, new ArrowType.Timestamp(TimeUnit.MILLISECOND, "UTC"));
                }
                default -> {}
            }
        }
        return ArrowTypes.field(field);
    }

    private static org.apache.arrow.vector.types.pojo.Field plain(Field field, ArrowType type) {
        return new org.apache.arrow.vector.types.pojo.Field(
                field.name(), new FieldType(field.nullable(), type, null), null);
    }
}
