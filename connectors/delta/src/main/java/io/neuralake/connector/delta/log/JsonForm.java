package io.neuralake.connector.delta.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/// Writes values in Java form as the log has them in JSON. Members that are null are left out.
public final class JsonForm {
    private static final JsonFactory JSON = new JsonFactory();
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final long MICROS = 1_000_000;

    private JsonForm() {}

    /// Returns the text of a value.
    public static String text(Type type, @Nullable Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(text)) {
            write(generator, type, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /// Writes a value.
    public static void write(JsonGenerator to, Type type, @Nullable Object value)
            throws IOException {
        if (value == null) {
            to.writeNull();
            return;
        }
        switch (type) {
            case StructType struct -> members(to, struct.fields(), (List<?>) value);
            case MapType map -> {
                to.writeStartObject();
                for (Object entry : (List<?>) value) {
                    List<?> pair = (List<?>) entry;
                    to.writeFieldName(String.valueOf(pair.get(0)));
                    write(to, map.value(), pair.get(1));
                }
                to.writeEndObject();
            }
            case ListType list -> {
                to.writeStartArray();
                for (Object element : (List<?>) value) {
                    write(to, list.element(), element);
                }
                to.writeEndArray();
            }
            case DecimalType _ -> to.writeNumber((BigDecimal) value);
            case ScalarType scalar -> scalar(to, scalar, value);
        }
    }

    private static void members(JsonGenerator to, List<Field> fields, List<?> values)
            throws IOException {
        to.writeStartObject();
        for (int i = 0; i < fields.size(); i++) {
            if (values.get(i) != null) {
                to.writeFieldName(fields.get(i).name());
                write(to, fields.get(i).type(), values.get(i));
            }
        }
        to.writeEndObject();
    }

    private static void scalar(JsonGenerator to, ScalarType type, Object value) throws IOException {
        switch (type) {
            case BOOLEAN -> to.writeBoolean((Boolean) value);
            case TINYINT, SMALLINT, INTEGER, BIGINT -> to.writeNumber((Long) value);
            case REAL, DOUBLE -> floating(to, (Double) value);
            case VARBINARY -> to.writeString(Base64.getEncoder().encodeToString((byte[]) value));
            case DATE -> to.writeString(LocalDate.ofEpochDay((Long) value).toString());
            case TIMESTAMP -> to.writeString(timestamp((Long) value));
            case TIMESTAMP_TZ -> to.writeString(timestamp((Long) value) + "Z");
            case VARCHAR, NULL, TIME, INTERVAL_YEAR_MONTH, INTERVAL_DAY_TIME ->
                    to.writeString(value.toString());
        }
    }

    private static void floating(JsonGenerator to, double value) throws IOException {
        if (Double.isFinite(value)) {
            to.writeNumber(value);
        } else {
            to.writeString(Double.toString(value));
        }
    }

    private static String timestamp(long micros) {
        Instant instant = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        return SECONDS.format(instant) + ".%06d".formatted(Math.floorMod(micros, MICROS));
    }
}
