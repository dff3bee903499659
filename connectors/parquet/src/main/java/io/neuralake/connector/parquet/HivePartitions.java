package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.file.FileId;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;

import org.jspecify.annotations.Nullable;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Partition columns from `key=value` folders. A column exists when every file has its key; its type
/// is BIGINT or DATE when all values are, else VARCHAR.
///
/// @param fields the columns, in order of the folders
/// @param values one list a file: the values in Java form, null for Hive's default partition
record HivePartitions(List<Field> fields, List<List<@Nullable Object>> values) {
    private static final String DEFAULT_PARTITION = "__HIVE_DEFAULT_PARTITION__";

    static HivePartitions of(TableFiles table) {
        List<Map<String, String>> texts = new ArrayList<>();
        for (FileId file : table.files()) {
            texts.add(keys(table.root(), Path.of(file.path())));
        }
        List<String> names = new ArrayList<>(texts.getFirst().keySet());
        for (Map<String, String> text : texts) {
            names.retainAll(text.keySet());
        }
        List<Field> fields = new ArrayList<>();
        for (String name : names) {
            fields.add(Field.of(name, type(name, texts)));
        }
        List<List<@Nullable Object>> values = new ArrayList<>();
        for (Map<String, String> text : texts) {
            List<@Nullable Object> row = new ArrayList<>();
            for (Field field : fields) {
                row.add(value((ScalarType) field.type(), text.get(field.name())));
            }
            values.add(Collections.unmodifiableList(row));
        }
        return new HivePartitions(List.copyOf(fields), List.copyOf(values));
    }

    private static Map<String, String> keys(Path root, Path file) {
        Map<String, String> keys = new LinkedHashMap<>();
        Path absoluteRoot = root.toAbsolutePath().normalize();
        Path parent = file.toAbsolutePath().normalize().getParent();
        if (parent == null || !parent.startsWith(absoluteRoot)) {
            return keys;
        }
        for (Path part : absoluteRoot.relativize(parent)) {
            String text = part.toString();
            int equals = text.indexOf('=');
            if (equals > 0) {
                keys.put(text.substring(0, equals), decode(text.substring(equals + 1)));
            }
        }
        return keys;
    }

    private static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return text;
        }
    }

    private static ScalarType type(String name, List<Map<String, String>> texts) {
        boolean integers = true;
        boolean dates = true;
        boolean any = false;
        for (Map<String, String> text : texts) {
            String value = text.get(name);
            if (value == null || value.equals(DEFAULT_PARTITION)) {
                continue;
            }
            any = true;
            integers &= integer(value) != null;
            dates &= date(value) != null;
        }
        return any && integers
                ? ScalarType.BIGINT
                : any && dates ? ScalarType.DATE : ScalarType.VARCHAR;
    }

    private static @Nullable Object value(ScalarType type, @Nullable String text) {
        if (text == null || text.equals(DEFAULT_PARTITION)) {
            return null;
        }
        return type == ScalarType.BIGINT
                ? integer(text)
                : type == ScalarType.DATE ? date(text) : (Object) text;
    }

    private static @Nullable Long integer(String text) {
        try {
            return text.isEmpty() || text.charAt(0) == '+' ? null : Long.valueOf(text);
        } catch (NumberFormatException other) {
            return null;
        }
    }

    private static @Nullable Long date(String text) {
        try {
            return LocalDate.parse(text).toEpochDay();
        } catch (DateTimeParseException other) {
            return null;
        }
    }
}
