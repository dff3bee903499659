package io.neuralake.connector.delta.write;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import io.neuralake.connector.delta.log.TableMetadata;
import io.neuralake.connector.delta.schema.ColumnNames;
import io.neuralake.connector.delta.schema.TableSchema;
import io.neuralake.connector.parquet.write.WrittenFile;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Writes the statistics of data files (PROTOCOL.md, "Per-file Statistics"), of those columns for which the table
/// wants them. Bounds may be wider than the values, never narrower; where a text cannot be so, there is none.
final class FileStatisticsCollector {
    private static final String INDEXED = "delta.dataSkippingNumIndexedCols";
    private static final String COLUMNS = "delta.dataSkippingStatsColumns";
    private static final int DEFAULT_INDEXED = 32;
    private static final JsonFactory JSON = new JsonFactory();

    private final Map<List<String>, Type> columns = new HashMap<>();
    private final @Nullable Set<String> chosen;
    private int left;

    FileStatisticsCollector(TableMetadata metadata) {
        Map<String, String> properties = metadata.properties();
        String names = properties.get(COLUMNS);
        chosen =
                names == null
                        ? null
                        : ColumnList.parse(names).stream()
                                .map(name -> name.toLowerCase(Locale.ROOT))
                                .collect(Collectors.toSet());
        left = indexed(properties.get(INDEXED));
        TableSchema schema = metadata.schema();
        for (int i = 0; i < schema.schema().size(); i++) {
            if (!schema.isPartition(i)) {
                collect("", false, List.of(), schema.names(i), schema.schema().field(i));
            }
        }
    }

    private static int indexed(@Nullable String count) {
        try {
            int number = count == null ? DEFAULT_INDEXED : Integer.parseInt(count.strip());
            return number < 0 ? Integer.MAX_VALUE : number;
        } catch (NumberFormatException unreadable) {
            return DEFAULT_INDEXED;
        }
    }

    private void collect(
            String above, boolean wanted, List<String> path, ColumnNames names, Field field) {
        String name = above + field.name().toLowerCase(Locale.ROOT);
        boolean isChosen = wanted || chosen != null && chosen.contains(name);
        List<String> physical = new ArrayList<>(path);
        physical.add(names.physicalName());
        if (field.type() instanceof StructType struct) {
            for (int i = 0; i < struct.fields().size(); i++) {
                collect(
                        name + ".",
                        isChosen,
                        physical,
                        names.below().get(i),
                        struct.fields().get(i));
            }
        } else if (chosen != null ? isChosen : left-- > 0) {
            columns.put(physical, field.type());
        }
    }

    /// Returns the statistics of a file as JSON.
    String json(WrittenFile file) {
        Map<String, Object> minimums = new LinkedHashMap<>();
        Map<String, Object> maximums = new LinkedHashMap<>();
        Map<String, Object> nulls = new LinkedHashMap<>();
        for (WrittenFile.Column column : file.columns()) {
            Type type = columns.get(column.path());
            if (type != null) {
                put(minimums, column.path(), StatisticsValue.lower(type, column.minimum()));
                put(maximums, column.path(), StatisticsValue.upper(type, column.maximum()));
                put(nulls, column.path(), column.nulls());
            }
        }
        StringWriter text = new StringWriter();
        try (JsonGenerator to = JSON.createGenerator(text)) {
            to.writeStartObject();
            to.writeNumberField("numRecords", file.rowCount());
            write(to, "minValues", minimums);
            write(to, "maxValues", maximums);
            write(to, "nullCount", nulls);
            to.writeBooleanField("tightBounds", true);
            to.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    @SuppressWarnings("unchecked")
    private static void put(Map<String, Object> to, List<String> path, @Nullable Object value) {
        if (value == null) {
            return;
        }
        Map<String, Object> at = to;
        for (String name : path.subList(0, path.size() - 1)) {
            at =
                    (Map<String, Object>)
                            at.computeIfAbsent(name, n -> new LinkedHashMap<String, Object>());
        }
        at.put(path.getLast(), value);
    }

    private static void write(JsonGenerator to, String name, Object value) throws IOException {
        to.writeFieldName(name);
        switch (value) {
            case Map<?, ?> members -> {
                to.writeStartObject();
                for (Map.Entry<?, ?> member : members.entrySet()) {
                    write(to, (String) member.getKey(), member.getValue());
                }
                to.writeEndObject();
            }
            case Long number -> to.writeNumber(number);
            case StatisticsValue.Number number -> to.writeNumber(number.text());
            default -> to.writeString(value.toString());
        }
    }
}
