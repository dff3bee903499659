package io.neuralake.spi.arrow;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthViewVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.FloatingPointVector;
import org.apache.arrow.vector.IntervalDayVector;
import org.apache.arrow.vector.IntervalYearVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeSecVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;

/// Reads Arrow data that clients send: parameters, results of a remote server. A value at a time: not
/// for hot paths. Accepts every Arrow type that has a SQL counterpart, also large, view and unsigned
/// ones; dictionaries must be decoded before.
public final class ArrowImport {
    private static final int UNSIGNED_64_DIGITS = 20;
    private static final long MICROS_PER_DAY = 86_400_000_000L;

    private ArrowImport() {}

    /// Maps a schema; throws UNSUPPORTED (0A000) for a type without counterpart.
    public static Schema schema(org.apache.arrow.vector.types.pojo.Schema schema) {
        return new Schema(schema.getFields().stream().map(ArrowImport::field).toList());
    }

    private static Field field(org.apache.arrow.vector.types.pojo.Field field) {
        return new Field(field.getName(), type(field), field.isNullable());
    }

    /// Maps the type of a field.
    public static Type type(org.apache.arrow.vector.types.pojo.Field field) {
        return switch (field.getType()) {
            case ArrowType.Null _ -> ScalarType.NULL;
            case ArrowType.Bool _ -> ScalarType.BOOLEAN;
            case ArrowType.Int i -> integer(i);
            case ArrowType.FloatingPoint f ->
                    switch (f.getPrecision()) {
                        case HALF, SINGLE -> ScalarType.REAL;
                        case DOUBLE -> ScalarType.DOUBLE;
                    };
            case ArrowType.Decimal d -> decimal(field, d);
            case ArrowType.Utf8 _, ArrowType.LargeUtf8 _, ArrowType.Utf8View _ ->
                    ScalarType.VARCHAR;
            case ArrowType.Binary _,
                    ArrowType.LargeBinary _,
                    ArrowType.BinaryView _,
                    ArrowType.FixedSizeBinary _ ->
                    ScalarType.VARBINARY;
            case ArrowType.Date _ -> ScalarType.DATE;
            case ArrowType.Time _ -> ScalarType.TIME;
            case ArrowType.Timestamp t ->
                    t.getTimezone() == null ? ScalarType.TIMESTAMP : ScalarType.TIMESTAMP_TZ;
            case ArrowType.Duration _ -> ScalarType.INTERVAL_DAY_TIME;
            case ArrowType.Interval i ->
                    switch (i.getUnit()) {
                        case YEAR_MONTH -> ScalarType.INTERVAL_YEAR_MONTH;
                        case DAY_TIME -> ScalarType.INTERVAL_DAY_TIME;
                        case MONTH_DAY_NANO -> throw unsupported(field);
                    };
            case ArrowType.List _, ArrowType.LargeList _, ArrowType.FixedSizeList _ ->
                    new ListType(type(field.getChildren().get(0)));
            case ArrowType.Struct _ ->
                    new StructType(field.getChildren().stream().map(ArrowImport::field).toList());
            case ArrowType.Map _ -> {
                List<org.apache.arrow.vector.types.pojo.Field> entry =
                        field.getChildren().get(0).getChildren();
                yield new MapType(type(entry.get(0)), type(entry.get(1)));
            }
            default -> throw unsupported(field);
        };
    }

    private static Type integer(ArrowType.Int type) {
        int bits = type.getIsSigned() ? type.getBitWidth() : type.getBitWidth() * 2;
        return switch (bits) {
            case 8 -> ScalarType.TINYINT;
            case 16 -> ScalarType.SMALLINT;
            case 32 -> ScalarType.INTEGER;
            case 64 -> ScalarType.BIGINT;
            default -> new DecimalType(UNSIGNED_64_DIGITS, 0);
        };
    }

    private static Type decimal(
            org.apache.arrow.vector.types.pojo.Field field, ArrowType.Decimal type) {
        if (type.getPrecision() > DecimalType.MAX_PRECISION
                || type.getScale() < 0
                || type.getScale() > type.getPrecision()) {
            throw unsupported(field);
        }
        return new DecimalType(type.getPrecision(), type.getScale());
    }

    private static NeuralakeException unsupported(org.apache.arrow.vector.types.pojo.Field field) {
        return new NeuralakeException(
                ErrorCode.UNSUPPORTED,
                "Arrow type has no SQL counterpart: "
                        + field.getType()
                        + " of column "
                        + field.getName());
    }

    /// Copies the rows of `root` into a batch, which the caller owns.
    public static Batch batch(VectorSchemaRoot root, MemoryAllocator allocator) {
        List<FieldVector> vectors = root.getFieldVectors();
        Column[] columns = new Column[vectors.size()];
        for (int c = 0; c < columns.length; c++) {
            List<@Nullable Object> values = new ArrayList<>(root.getRowCount());
            for (int row = 0; row < root.getRowCount(); row++) {
                values.add(value(vectors.get(c), row));
            }
            columns[c] = ColumnBuilder.of(allocator, type(vectors.get(c).getField()), values);
        }
        return Batch.of(root.getRowCount(), columns);
    }

    /// Returns a value in the Java form of its SQL type, or null.
    public static @Nullable Object value(FieldVector vector, int row) {
        if (vector.isNull(row)) {
            return null;
        }
        return switch (vector) {
            case BitVector v -> v.get(row) != 0;
            case Float2Vector v -> (double) v.getValueAsFloat(row);
            case UInt8Vector v -> new BigDecimal(new BigInteger(Long.toUnsignedString(v.get(row))));
            case DateDayVector v -> (long) v.get(row);
            case DateMilliVector v -> Math.floorDiv(v.get(row), MICROS_PER_DAY / 1000);
            case TimeSecVector v -> v.get(row) * 1_000_000L;
            case TimeMilliVector v -> v.get(row) * 1_000L;
            case TimeMicroVector v -> v.get(row);
            case TimeNanoVector v -> v.get(row) / 1_000L;
            case TimeStampVector v ->
                    micros(v.get(row), ((ArrowType.Timestamp) v.getField().getType()).getUnit());
            case IntervalYearVector v -> (long) v.get(row);
            case IntervalDayVector v -> micros(v.getObject(row));
            case BaseListVector v -> elements(v, row);
            case StructVector v -> members(v, row);
            case FloatingPointVector v -> v.getValueAsDouble(row);
            case BaseVariableWidthVector v -> text(vector, v.get(row));
            case BaseLargeVariableWidthVector v -> text(vector, v.get(row));
            case BaseVariableWidthViewVector v -> text(vector, v.get(row));
            case FixedSizeBinaryVector v -> v.get(row);
            default -> plain(vector.getObject(row));
        };
    }

    private static Object text(FieldVector vector, byte[] bytes) {
        return type(vector.getField()) == ScalarType.VARCHAR
                ? new String(bytes, StandardCharsets.UTF_8)
                : bytes;
    }

    private static Object plain(Object value) {
        return switch (value) {
            case BigDecimal decimal -> decimal;
            case Character unsigned16 -> (long) unsigned16;
            case Number number -> number.longValue();
            case Duration duration -> micros(duration);
            case Period period -> period.toTotalMonths();
            default -> value;
        };
    }

    private static long micros(Duration duration) {
        return Math.addExact(
                micros(duration.getSeconds(), TimeUnit.SECOND), duration.getNano() / 1000);
    }

    /// Throws DATETIME_OVERFLOW (22008) for what microseconds do not hold.
    static long micros(long value, TimeUnit unit) {
        return switch (unit) {
            case SECOND -> scaled(value, 1_000_000L);
            case MILLISECOND -> scaled(value, 1_000L);
            case MICROSECOND -> value;
            case NANOSECOND -> Math.floorDiv(value, 1_000L);
        };
    }

    private static long scaled(long value, long factor) {
        long product = value * factor;
        if (Math.multiplyHigh(value, factor) != product >> 63) {
            throw new NeuralakeException(
                    ErrorCode.DATETIME_OVERFLOW, "Time is out of range of microseconds: " + value);
        }
        return product;
    }

    private static List<@Nullable Object> elements(BaseListVector vector, int row) {
        FieldVector child = vector.getChildrenFromFields().get(0);
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = vector.getElementStartIndex(row); i < vector.getElementEndIndex(row); i++) {
            values.add(value(child, i));
        }
        return values;
    }

    private static List<@Nullable Object> members(StructVector vector, int row) {
        List<@Nullable Object> values = new ArrayList<>();
        for (FieldVector member : vector.getChildrenFromFields()) {
            values.add(value(member, row));
        }
        return values;
    }
}
