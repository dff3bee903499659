package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.schema.LogField;
import io.neuralake.connector.delta.schema.LogType;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Tells which types can take the place of others in tables whose files stay as they are (PROTOCOL.md, "Type
/// Widening").
final class TypeWidening {
    private static final List<String> INTEGERS = List.of("byte", "short", "integer", "long");
    private static final Pattern DECIMAL = Pattern.compile("decimal\\((\\d+),\\s*(-?\\d+)\\)");

    /// Digits that an integer of up to four bytes needs, and one of eight.
    private static final int INTEGER_DIGITS = 10;

    private static final int LONG_DIGITS = 20;

    private TypeWidening() {}

    static boolean allowed(String from, String to) {
        int narrow = INTEGERS.indexOf(from);
        Matcher wide = DECIMAL.matcher(to);
        if (wide.matches()) {
            int precision = Integer.parseInt(wide.group(1));
            int scale = Integer.parseInt(wide.group(2));
            Matcher old = DECIMAL.matcher(from);
            if (old.matches()) {
                int more = precision - Integer.parseInt(old.group(1));
                int moreScale = scale - Integer.parseInt(old.group(2));
                return moreScale >= 0 && more >= moreScale;
            }
            int digits = narrow == INTEGERS.size() - 1 ? LONG_DIGITS : INTEGER_DIGITS;
            return narrow >= 0 && scale >= 0 && precision - digits >= scale;
        }
        return switch (to) {
            case "short", "integer", "long" -> narrow >= 0 && narrow < INTEGERS.indexOf(to);
            case "double" -> from.equals("float") || narrow >= 0 && narrow < INTEGERS.size() - 1;
            case "timestamp_ntz" -> from.equals("date");
            default -> false;
        };
    }

    /// Returns the field with a note of its former type.
    ///
    /// @param path from the field to the part of it that changed; null for itself
    static LogField noted(LogField field, String from, String to, @Nullable String path) {
        List<Object> changes = new ArrayList<>();
        if (field.metadata().get(LogField.TYPE_CHANGES) instanceof List<?> old) {
            changes.addAll(old);
        }
        Map<String, Object> change = new LinkedHashMap<>();
        change.put("fromType", from);
        change.put("toType", to);
        if (path != null) {
            change.put("fieldPath", path);
        }
        changes.add(change);
        return field.with(LogField.TYPE_CHANGES, changes);
    }

    static String name(LogType type) {
        return type instanceof LogType.Primitive primitive ? primitive.name() : "";
    }
}
