package io.neuralake.planner;

import io.neuralake.exec.QueryOptions;
import io.neuralake.exec.function.TimeZones;
import io.neuralake.planner.catalog.NearestName;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads and writes the settings of a session.
///
/// | setting | is |
/// | --- | --- |
/// | `memory_limit` | most memory of a query, such as `512MB` or `2GB` |
/// | `threads` | most workers of a query; 0 for all |
/// | `batch_rows` | rows of a batch; for tests |
/// | `statement_timeout` | longest run of a query, such as `30s` or milliseconds; 0 for ever |
/// | `timezone` | zone of casts between TIMESTAMP and TIMESTAMP WITH TIME ZONE |
/// | `optimizer` | false runs queries as they are written |
/// | `catalog`, `schema` | where names are looked up |
/// | `application_name` | how the client calls itself |
/// | `allow_non_atomic_commit` | true lets a transaction change several tables, committed one by one |
public final class SessionSettings {
    private static final Pattern SIZE =
            Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(B|KB|MB|GB|TB|KIB|MIB|GIB|TIB|K|M|G|T)?");
    private static final Pattern DURATION =
            Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(MS|S|SEC|SECONDS?|MIN|MINUTES?|H|HOURS?)?");

    private static final String DEFAULT_BATCH_ROWS =
            Integer.toString(QueryOptions.DEFAULT_BATCH_ROWS);

    /// Name of the setting that lets a transaction change several tables.
    static final String NON_ATOMIC_COMMIT = "allow_non_atomic_commit";

    private static final Map<String, String> DEFAULTS =
            Map.of(
                    "memory_limit",
                    "",
                    "threads",
                    "0",
                    "batch_rows",
                    DEFAULT_BATCH_ROWS,
                    "statement_timeout",
                    "0",
                    "optimizer",
                    "true",
                    "application_name",
                    "",
                    NON_ATOMIC_COMMIT,
                    "false");

    private SessionSettings() {}

    /// Sets a setting, or resets it when there is no value. Throws INVALID_PARAMETER.
    public static void set(SqlSession session, String setting, Optional<String> value) {
        String name = canonical(setting);
        switch (name) {
            case "timezone" -> session.setZone(zone(value.orElse("UTC")));
            case "catalog" -> session.setCatalog(value.orElse("lake"));
            case "schema" -> session.setSchema(value.orElse("main"));
            default -> {
                if (!DEFAULTS.containsKey(name)) {
                    throw unknown(setting);
                }
                if (value.isEmpty()) {
                    session.settings().remove(name);
                } else {
                    check(name, value.get());
                    session.settings().put(name, value.get());
                }
            }
        }
    }

    /// Resets every setting.
    static void resetAll(SqlSession session) {
        session.settings().clear();
        session.setZone(zone("UTC"));
    }

    /// Returns a setting as text. Throws INVALID_PARAMETER for an unknown one.
    static String get(SqlSession session, String setting) {
        String name = canonical(setting);
        String value = all(session).get(name);
        if (value == null) {
            throw unknown(setting);
        }
        return value;
    }

    /// Returns all settings by name.
    public static Map<String, String> all(SqlSession session) {
        Map<String, String> all = new TreeMap<>(DEFAULTS);
        all.keySet()
                .forEach(
                        name -> {
                            String value = session.settings().get(name);
                            if (value != null) {
                                all.put(name, value);
                            }
                        });
        all.put("timezone", session.zone().getId());
        all.put("catalog", session.catalog());
        all.put("schema", session.schema());
        return all;
    }

    private static String canonical(String setting) {
        String name = setting.toLowerCase(Locale.ROOT);
        return switch (name) {
            case "time_zone", "timezone", "time zone", "timezone_id" -> "timezone";
            case "search_path", "current_schema" -> "schema";
            case "max_memory" -> "memory_limit";
            case "worker_threads" -> "threads";
            default -> name;
        };
    }

    private static NeuralakeException unknown(String name) {
        List<String> known = new java.util.ArrayList<>(DEFAULTS.keySet());
        known.addAll(List.of("timezone", "catalog", "schema"));
        return new NeuralakeException(
                ErrorCode.INVALID_PARAMETER,
                "Setting not found: " + name + NearestName.hint(name, known));
    }

    private static void check(String name, String value) {
        switch (name) {
            case "memory_limit" -> bytes(value);
            case "statement_timeout" -> millis(value);
            case "threads" -> number(name, value, 0, 4096);
            case "batch_rows" -> number(name, value, 1, 8192);
            case "optimizer", NON_ATOMIC_COMMIT -> bool(name, value);
            default -> {}
        }
    }

    private static ZoneId zone(String id) {
        try {
            return TimeZones.named(id).orElseGet(() -> ZoneId.of(id));
        } catch (DateTimeException e) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER, "Time zone not found: " + id, e);
        }
    }

    private static int number(String name, String value, int min, int max) {
        try {
            int number = Integer.parseInt(value.strip());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new NeuralakeException(
                ErrorCode.INVALID_PARAMETER,
                "Setting must be a number from "
                        + min
                        + " to "
                        + max
                        + ": "
                        + name
                        + " = "
                        + value);
    }

    private static boolean bool(String name, String value) {
        return switch (value.strip().toLowerCase(Locale.ROOT)) {
            case "true", "on", "1", "yes" -> true;
            case "false", "off", "0", "no" -> false;
            default ->
                    throw new NeuralakeException(
                            ErrorCode.INVALID_PARAMETER,
                            "Setting must be true or false: " + name + " = " + value);
        };
    }

    /// Reads a size; no limit for nothing. Throws INVALID_PARAMETER.
    static long bytes(String value) {
        if (value.isBlank()) {
            return Long.MAX_VALUE;
        }
        Matcher matcher = SIZE.matcher(value.strip().toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "Setting must be a size such as 512MB: memory_limit = " + value);
        }
        String unit = matcher.group(2) == null ? "B" : matcher.group(2);
        long base = unit.length() == 2 ? 1000 : 1024;
        int power = unit.equals("B") ? 0 : "KMGT".indexOf(unit.charAt(0)) + 1;
        return new BigDecimal(matcher.group(1))
                .multiply(BigDecimal.valueOf(base).pow(power))
                .min(BigDecimal.valueOf(Long.MAX_VALUE))
                .longValue();
    }

    /// Reads a duration in milliseconds; 0 for none. Throws INVALID_PARAMETER.
    static long millis(String value) {
        Matcher matcher = DURATION.matcher(value.strip().toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "Setting must be a duration such as 30s: statement_timeout = " + value);
        }
        String unit = matcher.group(2) == null ? "MS" : matcher.group(2);
        long factor =
                switch (unit.charAt(0)) {
                    case 'S' -> 1000;
                    case 'H' -> 3_600_000;
                    default -> unit.equals("MS") ? 1 : 60_000;
                };
        return new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(factor)).longValue();
    }

    /// Returns the session's longest run of a query in milliseconds; 0 for ever.
    static long timeoutMillis(SqlSession session) {
        return millis(session.settings().getOrDefault("statement_timeout", "0"));
    }

    /// Tells whether a setting is true.
    static boolean isTrue(SqlSession session, String name) {
        String value = session.settings().get(name);
        return value != null && bool(name, value);
    }

    /// Returns what a plan depends on.
    static PlannerSettings planner(SqlSession session) {
        return new PlannerSettings(
                session.zone(),
                bool("optimizer", session.settings().getOrDefault("optimizer", "true")));
    }

    /// Returns how to run a query.
    static QueryOptions options(SqlSession session, boolean profile) {
        Map<String, String> settings = session.settings();
        return new QueryOptions(
                List.of(),
                bytes(settings.getOrDefault("memory_limit", "")),
                number("threads", settings.getOrDefault("threads", "0"), 0, 4096),
                number(
                        "batch_rows",
                        settings.getOrDefault("batch_rows", DEFAULT_BATCH_ROWS),
                        1,
                        8192),
                profile,
                session.zone());
    }
}
