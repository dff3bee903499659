package io.neuralake.connector.delta.maintenance;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import io.neuralake.connector.delta.schema.ColumnForm;
import io.neuralake.connector.delta.schema.ColumnNames;
import io.neuralake.connector.delta.schema.TableSchema;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Statistics and partition values of files as columns of a checkpoint (PROTOCOL.md, "Checkpoint Schema").
/// Columns have their physical names. Immutable.
final class StatisticsColumns {
    private static final JsonFactory JSON = new JsonFactory();

    private final TableSchema table;
    private final StructType type;
    private final @Nullable StructType partitions;
    private final List<Integer> partitionOrdinals = new ArrayList<>();

    /// @param columns of so many leaves there are statistics; negative for all
    StatisticsColumns(TableSchema table, long columns) {
        this.table = table;
        long[] left = {columns < 0 ? Long.MAX_VALUE : columns};
        List<Field> counts = new ArrayList<>();
        List<Field> partitionFields = new ArrayList<>();
        for (int i = 0; i < table.schema().size(); i++) {
            Field field = table.schema().field(i);
            ColumnNames names = table.names().get(i);
            if (table.isPartition(i)) {
                partitionFields.add(Field.of(names.physicalName(), field.type()));
                partitionOrdinals.add(i);
            } else {
                addLeaves(names, field.type(), left, counts);
            }
        }
        List<Field> bounds = bounds(counts);
        List<Field> members = new ArrayList<>();
        members.add(Field.of("numRecords", ScalarType.BIGINT));
        if (!bounds.isEmpty()) {
            members.add(Field.of("minValues", new StructType(bounds)));
            members.add(Field.of("maxValues", new StructType(bounds)));
        }
        if (!counts.isEmpty()) {
            members.add(Field.of("nullCount", counts(counts)));
        }
        members.add(Field.of("tightBounds", ScalarType.BOOLEAN));
        this.type = new StructType(members);
        this.partitions = partitionFields.isEmpty() ? null : new StructType(partitionFields);
    }

    private static void addLeaves(ColumnNames names, Type type, long[] left, List<Field> into) {
        if (left[0] <= 0 || names.form() != ColumnForm.PLAIN) {
            return;
        }
        if (type instanceof StructType struct) {
            List<Field> members = new ArrayList<>();
            for (int i = 0; i < struct.fields().size(); i++) {
                addLeaves(names.below().get(i), struct.fields().get(i).type(), left, members);
            }
            if (!members.isEmpty()) {
                into.add(Field.of(names.physicalName(), new StructType(members)));
            }
        } else {
            left[0]--;
            into.add(Field.of(names.physicalName(), type));
        }
    }

    private static List<Field> bounds(List<Field> fields) {
        List<Field> bounded = new ArrayList<>();
        for (Field field : fields) {
            if (field.type() instanceof StructType struct) {
                List<Field> members = bounds(struct.fields());
                if (!members.isEmpty()) {
                    bounded.add(Field.of(field.name(), new StructType(members)));
                }
            } else if (isBounded(field.type())) {
                bounded.add(field);
            }
        }
        return bounded;
    }

    private static boolean isBounded(Type type) {
        return type instanceof DecimalType
                || type instanceof ScalarType scalar
                        && scalar != ScalarType.BOOLEAN
                        && scalar != ScalarType.VARBINARY;
    }

    private static StructType counts(List<Field> fields) {
        List<Field> counts = new ArrayList<>();
        for (Field field : fields) {
            counts.add(
                    Field.of(
                            field.name(),
                            field.type() instanceof StructType struct
                                    ? counts(struct.fields())
                                    : ScalarType.BIGINT));
        }
        return new StructType(counts);
    }

    /// Returns the type of the statistics.
    StructType type() {
        return type;
    }

    /// Returns the type of the partition values; null without partitions.
    @Nullable StructType partitions() {
        return partitions;
    }

    /// Returns the partition values of a file in Java form.
    List<@Nullable Object> partitionValues(java.util.Map<String, @Nullable String> texts) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int ordinal : partitionOrdinals) {
            values.add(table.partitionValue(ordinal, texts));
        }
        return values;
    }

    /// Reads statistics; null for none. What cannot be read is left out, and nothing else, since each is optional.
    @Nullable List<@Nullable Object> parse(@Nullable String json) {
        if (json == null || json.isEmpty()) {
            return null;
        }
        try (JsonParser parser = JSON.createParser(json)) {
            return parser.nextToken() == JsonToken.START_OBJECT ? struct(parser, type) : null;
        } catch (IOException | RuntimeException unreadable) {
            return null;
        }
    }

    private static List<@Nullable Object> struct(JsonParser parser, StructType type)
            throws IOException {
        @Nullable Object[] members = new @Nullable Object[type.fields().size()];
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            int at = position(type, parser.currentName());
            parser.nextToken();
            if (at < 0) {
                parser.skipChildren();
            } else {
                members[at] = value(parser, type.fields().get(at).type());
            }
        }
        return Arrays.asList(members);
    }

    private static int position(StructType type, String name) {
        for (int i = 0; i < type.fields().size(); i++) {
            if (type.fields().get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /// Returns null for what is no value of the type, which other readers might take for another.
    private static @Nullable Object value(JsonParser parser, Type type) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        boolean object = parser.currentToken() == JsonToken.START_OBJECT;
        if (type instanceof StructType struct && object) {
            return struct(parser, struct);
        }
        if (type instanceof StructType || parser.currentToken().isStructStart()) {
            parser.skipChildren();
            return null;
        }
        try {
            return scalar(parser.getText(), type);
        } catch (DateTimeException | IllegalArgumentException | ArithmeticException unreadable) {
            return null;
        }
    }

    private static @Nullable Object scalar(String text, Type type) {
        if (type instanceof DecimalType decimal) {
            BigDecimal value = new BigDecimal(text).setScale(decimal.scale());
            return value.precision() > decimal.precision() ? null : value;
        }
        return switch ((ScalarType) type) {
            case BOOLEAN -> Boolean.valueOf(text);
            case TINYINT -> (long) Byte.parseByte(text);
            case SMALLINT -> (long) Short.parseShort(text);
            case INTEGER -> (long) Integer.parseInt(text);
            case BIGINT -> Long.valueOf(text);
            case REAL, DOUBLE -> Double.valueOf(text);
            case DATE ->
                    LocalDate.parse(text.length() > 10 ? text.substring(0, 10) : text).toEpochDay();
            case TIMESTAMP ->
                    micros(LocalDateTime.parse(text.replace("Z", "")).toInstant(ZoneOffset.UTC));
            case TIMESTAMP_TZ -> micros(OffsetDateTime.parse(text).toInstant());
            default -> text;
        };
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
