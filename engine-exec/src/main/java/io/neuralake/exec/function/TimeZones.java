package io.neuralake.exec.function;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds time zones as PostgreSQL does: by name without regard to case, or by an offset with the sign
/// of POSIX, positive to the west of Greenwich.
public final class TimeZones {
    private static final Pattern OFFSET =
            Pattern.compile("([+-])(\\d{1,2})(?::?(\\d{2})(?::?(\\d{2}))?)?");

    private static final class Names {
        static final Map<String, String> BY_LOWER_CASE = byLowerCase();

        private static Map<String, String> byLowerCase() {
            Map<String, String> names = new HashMap<>();
            for (String id : ZoneId.getAvailableZoneIds()) {
                names.put(id.toLowerCase(Locale.ROOT), id);
            }
            names.put("z", "UTC");
            names.put("est", "-05:00");
            names.put("mst", "-07:00");
            names.put("hst", "-10:00");
            return Map.copyOf(names);
        }
    }

    private TimeZones() {}

    /// Finds a zone by name, such as `Europe/Berlin`.
    public static Optional<ZoneId> named(String name) {
        String id = Names.BY_LOWER_CASE.get(name.strip().toLowerCase(Locale.ROOT));
        return Optional.ofNullable(id).map(ZoneId::of);
    }

    /// Returns the zone of a name or an offset. Throws INVALID_PARAMETER where there is none.
    static ZoneId of(String text) {
        return named(text)
                .or(() -> offset(text.strip()))
                .orElseThrow(
                        () ->
                                RowErrors.argument(
                                        "Time zone not found: "
                                                + text
                                                + "; zones are named such as Europe/Berlin"));
    }

    private static Optional<ZoneId> offset(String text) {
        Matcher matcher = OFFSET.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long seconds = 3600L * Integer.parseInt(matcher.group(2));
        seconds += matcher.group(3) == null ? 0 : 60L * Integer.parseInt(matcher.group(3));
        seconds += matcher.group(4) == null ? 0 : Integer.parseInt(matcher.group(4));
        return Optional.of(ofSeconds(matcher.group(1).equals("+") ? -seconds : seconds));
    }

    /// Returns the zone of a fixed offset, positive to the east. Throws INVALID_PARAMETER.
    static ZoneId ofSeconds(long seconds) {
        if (Math.abs(seconds) > ZoneOffset.MAX.getTotalSeconds()) {
            throw RowErrors.argument("Time zone offset out of range: " + seconds + " seconds");
        }
        return ZoneOffset.ofTotalSeconds((int) seconds);
    }
}
