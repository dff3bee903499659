package io.neuralake.connector.parquet.schema;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Maps logical and converted types of stored columns, as parquet-format's LogicalTypes.md defines
/// them. Annotations that do not fit the physical type are ignored, as that page asks.
final class LeafTypes {
    /// The type of a stored column and how its values are converted.
    record Mapping(Type type, Conversion conversion) {}

    private LeafTypes() {}

    static Mapping of(SchemaElement element) {
        LogicalType logical = element.getLogicalType();
        Mapping mapping = logical == null ? null : logical(element, logical);
        ConvertedType converted = element.getConverted_type();
        if (mapping == null && converted != null) {
            mapping = converted(element, converted);
        }
        return mapping != null ? mapping : physical(element);
    }

    private static org.apache.parquet.format.Type stored(SchemaElement element) {
        return CorruptFile.required(element.getType(), "a column's type");
    }

    private static TimeUnit required(@Nullable TimeUnit unit) {
        return CorruptFile.required(unit, "a time unit");
    }

    private static Mapping physical(SchemaElement element) {
        return switch (stored(element)) {
            case BOOLEAN -> none(ScalarType.BOOLEAN);
            case INT32 -> none(ScalarType.INTEGER);
            case INT64 -> none(ScalarType.BIGINT);
            case INT96 -> new Mapping(ScalarType.TIMESTAMP, Conversion.INT96_TO_MICROS);
            case FLOAT -> none(ScalarType.REAL);
            case DOUBLE -> none(ScalarType.DOUBLE);
            case BYTE_ARRAY -> none(ScalarType.VARBINARY);
            case FIXED_LEN_BYTE_ARRAY ->
                    new Mapping(ScalarType.VARBINARY, Conversion.FIXED_TO_VIEW);
        };
    }

    private static Mapping none(Type type) {
        return new Mapping(type, Conversion.NONE);
    }

    private static @Nullable Mapping logical(SchemaElement element, LogicalType logical) {
        org.apache.parquet.format.Type stored = element.getType();
        if (logical.isSetSTRING() || logical.isSetENUM() || logical.isSetJSON()) {
            return text(element);
        }
        if (logical.isSetDECIMAL()) {
            return decimal(
                    element, logical.getDECIMAL().getPrecision(), logical.getDECIMAL().getScale());
        }
        if (logical.isSetDATE()) {
            return stored == org.apache.parquet.format.Type.INT32 ? none(ScalarType.DATE) : null;
        }
        if (logical.isSetTIME()) {
            return temporal(element, ScalarType.TIME, required(logical.getTIME().getUnit()));
        }
        if (logical.isSetTIMESTAMP()) {
            ScalarType type =
                    logical.getTIMESTAMP().isIsAdjustedToUTC()
                            ? ScalarType.TIMESTAMP_TZ
                            : ScalarType.TIMESTAMP;
            return temporal(element, type, required(logical.getTIMESTAMP().getUnit()));
        }
        if (logical.isSetINTEGER()) {
            return integer(
                    element, logical.getINTEGER().getBitWidth(), logical.getINTEGER().isIsSigned());
        }
        if (logical.isSetUUID()) {
            return fixed(element, 16)
                    ? new Mapping(ScalarType.VARCHAR, Conversion.FIXED_TO_UUID)
                    : null;
        }
        if (logical.isSetFLOAT16()) {
            return fixed(element, 2)
                    ? new Mapping(ScalarType.REAL, Conversion.FLOAT16_TO_FLOAT)
                    : null;
        }
        return null;
    }

    private static @Nullable Mapping converted(SchemaElement element, ConvertedType converted) {
        return switch (converted) {
            case UTF8, ENUM, JSON -> text(element);
            case DECIMAL -> decimal(element, element.getPrecision(), element.getScale());
            case DATE ->
                    element.getType() == org.apache.parquet.format.Type.INT32
                            ? none(ScalarType.DATE)
                            : null;
            case TIME_MILLIS -> temporal(element, ScalarType.TIME, millis());
            case TIME_MICROS -> temporal(element, ScalarType.TIME, micros());
            case TIMESTAMP_MILLIS -> temporal(element, ScalarType.TIMESTAMP_TZ, millis());
            case TIMESTAMP_MICROS -> temporal(element, ScalarType.TIMESTAMP_TZ, micros());
            case UINT_8 -> integer(element, 8, false);
            case UINT_16 -> integer(element, 16, false);
            case UINT_32 -> integer(element, 32, false);
            case UINT_64 -> integer(element, 64, false);
            case INT_8 -> integer(element, 8, true);
            case INT_16 -> integer(element, 16, true);
            case INT_32 -> integer(element, 32, true);
            case INT_64 -> integer(element, 64, true);
            case INTERVAL ->
                    fixed(element, 12)
                            ? new Mapping(
                                    ScalarType.INTERVAL_DAY_TIME, Conversion.FIXED_TO_INTERVAL)
                            : null;
            case BSON, MAP, MAP_KEY_VALUE, LIST -> null;
        };
    }

    private static TimeUnit millis() {
        TimeUnit unit = new TimeUnit();
        unit.setMILLIS(new org.apache.parquet.format.MilliSeconds());
        return unit;
    }

    private static TimeUnit micros() {
        TimeUnit unit = new TimeUnit();
        unit.setMICROS(new org.apache.parquet.format.MicroSeconds());
        return unit;
    }

    private static boolean fixed(SchemaElement element, int length) {
        return element.getType() == org.apache.parquet.format.Type.FIXED_LEN_BYTE_ARRAY
                && element.getType_length() == length;
    }

    private static Mapping text(SchemaElement element) {
        return switch (stored(element)) {
            case BYTE_ARRAY -> none(ScalarType.VARCHAR);
            case FIXED_LEN_BYTE_ARRAY -> new Mapping(ScalarType.VARCHAR, Conversion.FIXED_TO_VIEW);
            case BOOLEAN, INT32, INT64, INT96, FLOAT, DOUBLE -> physical(element);
        };
    }

    private static @Nullable Mapping temporal(
            SchemaElement element, ScalarType type, TimeUnit unit) {
        return switch (stored(element)) {
            case INT32 ->
                    unit.isSetMILLIS() && type == ScalarType.TIME
                            ? new Mapping(type, Conversion.INT32_MILLIS_TO_MICROS)
                            : null;
            case INT64 ->
                    new Mapping(
                            type,
                            unit.isSetMILLIS()
                                    ? Conversion.MILLIS_TO_MICROS
                                    : unit.isSetNANOS()
                                            ? Conversion.NANOS_TO_MICROS
                                            : Conversion.NONE);
            case BOOLEAN, INT96, FLOAT, DOUBLE, BYTE_ARRAY, FIXED_LEN_BYTE_ARRAY -> null;
        };
    }

    private static @Nullable Mapping integer(SchemaElement element, int bits, boolean signed) {
        boolean stored64 = element.getType() == org.apache.parquet.format.Type.INT64;
        if (!stored64 && element.getType() != org.apache.parquet.format.Type.INT32) {
            return null;
        }
        if (stored64) {
            return signed || bits < 64
                    ? none(ScalarType.BIGINT)
                    : new Mapping(new DecimalType(20, 0), Conversion.UINT64_TO_INT128);
        }
        return switch (bits) {
            case 8 ->
                    signed
                            ? new Mapping(ScalarType.TINYINT, Conversion.INT32_TO_INT8)
                            : new Mapping(ScalarType.SMALLINT, Conversion.INT32_TO_INT16);
            case 16 ->
                    signed
                            ? new Mapping(ScalarType.SMALLINT, Conversion.INT32_TO_INT16)
                            : none(ScalarType.INTEGER);
            default ->
                    signed
                            ? none(ScalarType.INTEGER)
                            : new Mapping(ScalarType.BIGINT, Conversion.UINT32_TO_INT64);
        };
    }

    private static @Nullable Mapping decimal(SchemaElement element, int precision, int scale) {
        if (precision < 1 || scale < 0 || scale > precision) {
            throw new CorruptFile(
                    "decimal column \""
                            + element.getName()
                            + "\" has precision "
                            + precision
                            + " and scale "
                            + scale);
        }
        if (precision > DecimalType.MAX_PRECISION) {
            throw unsupported(element, precision);
        }
        DecimalType type = new DecimalType(precision, scale);
        boolean small = type.isShort();
        return switch (stored(element)) {
            case INT32 ->
                    new Mapping(
                            type, small ? Conversion.INT32_TO_INT64 : Conversion.INT32_TO_INT128);
            case INT64 -> new Mapping(type, small ? Conversion.NONE : Conversion.INT64_TO_INT128);
            case BYTE_ARRAY ->
                    new Mapping(
                            type, small ? Conversion.BINARY_TO_INT64 : Conversion.BINARY_TO_INT128);
            case FIXED_LEN_BYTE_ARRAY ->
                    new Mapping(
                            type, small ? Conversion.FIXED_TO_INT64 : Conversion.FIXED_TO_INT128);
            case BOOLEAN, INT96, FLOAT, DOUBLE -> null;
        };
    }

    private static NeuralakeException unsupported(SchemaElement element, int precision) {
        return CorruptFile.unsupported(
                "Decimal precision not supported: "
                        + precision
                        + " of column \""
                        + element.getName()
                        + "\"; at most 38 digits");
    }
}
