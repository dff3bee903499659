package io.neuralake.exec.function;

import static io.neuralake.exec.function.SignatureBuilder.AS_BIGINT;
import static io.neuralake.exec.function.SignatureBuilder.AS_DOUBLE;
import static io.neuralake.exec.function.SignatureBuilder.DATETIME;
import static io.neuralake.exec.function.SignatureBuilder.TEXT;
import static io.neuralake.exec.function.SignatureBuilder.TIMESTAMP;
import static io.neuralake.exec.function.SignatureBuilder.argument;
import static io.neuralake.exec.function.SignatureBuilder.function;

import io.neuralake.exec.function.ScalarSignature.Parameter;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Lists the functions of dates, times, timestamps and intervals.
final class TemporalSignatures {
    /// Fields that `extract_...` knows, with other names of the functions.
    static final Map<String, List<String>> FIELDS =
            Map.ofEntries(
                    Map.entry("millennium", List.of()),
                    Map.entry("century", List.of()),
                    Map.entry("decade", List.of()),
                    Map.entry("year", List.of("year")),
                    Map.entry("isoyear", List.of()),
                    Map.entry("quarter", List.of("quarter")),
                    Map.entry("month", List.of("month")),
                    Map.entry("week", List.of("week", "weekofyear")),
                    Map.entry("day", List.of("day", "dayofmonth")),
                    Map.entry("dow", List.of("dayofweek")),
                    Map.entry("isodow", List.of("isodow")),
                    Map.entry("doy", List.of("dayofyear")),
                    Map.entry("hour", List.of("hour")),
                    Map.entry("minute", List.of("minute")),
                    Map.entry("second", List.of("second")),
                    Map.entry("millisecond", List.of("millisecond")),
                    Map.entry("microsecond", List.of("microsecond")),
                    Map.entry("epoch", List.of()));

    private static final Parameter DATETIMES = new Parameter(TypeFamily.TEMPORAL_OR_INTERVAL, null);

    private TemporalSignatures() {}

    static List<ScalarSignature> list() {
        List<ScalarSignature> list = new ArrayList<>();
        fields(list);
        making(list);
        text(list);
        now(list);
        return list;
    }

    private static void fields(List<ScalarSignature> list) {
        FIELDS.keySet().stream()
                .sorted()
                .forEach(
                        field ->
                                list.add(
                                        function(
                                                        "extract_" + field,
                                                        FIELDS.getOrDefault(field, List.of())
                                                                .toArray(String[]::new))
                                                .takes(ScalarType.BIGINT, DATETIMES)
                                                .says("The field " + field)));
        list.add(
                function("date_part", "datepart")
                        .takes(ScalarType.BIGINT, TEXT, DATETIMES)
                        .says("date_part(field, value): the field as a number"));
        list.add(
                function("epoch_ms")
                        .takes(ScalarType.BIGINT, DATETIME)
                        .says("Milliseconds since 1970"));
        list.add(
                function("epoch_us")
                        .takes(ScalarType.BIGINT, DATETIME)
                        .says("Microseconds since 1970"));
        list.add(
                function("date_trunc", "datetrunc")
                        .takes(argument(1), TEXT, DATETIME)
                        .says("date_trunc(unit, value): cuts to the unit's beginning"));
        list.add(
                function("date_ceil")
                        .takes(argument(1), TEXT, DATETIME)
                        .says("date_ceil(unit, value): the next beginning of a unit"));
        list.add(
                function("date_diff", "datediff")
                        .takes(ScalarType.BIGINT, TEXT, DATETIME, DATETIME)
                        .says("date_diff(unit, from, to): boundaries of the unit between them"));
        list.add(
                function("date_add", "dateadd")
                        .takes(argument(2), TEXT, AS_BIGINT, DATETIME)
                        .says("date_add(unit, n, value): moves by n units"));
        list.add(
                function("date_add_months", "add_months")
                        .takes(argument(0), DATETIME, AS_BIGINT)
                        .says("Moves by months, to the last day of a shorter month at most"));
        list.add(
                function("last_day")
                        .takes(ScalarType.DATE, DATETIME)
                        .says("The last day of the month"));
        list.add(function("dayname").takes(ScalarType.VARCHAR, DATETIME).says("Monday to Sunday"));
        list.add(
                function("monthname")
                        .takes(ScalarType.VARCHAR, DATETIME)
                        .says("January to December"));
        list.add(
                function("age")
                        .takes(ScalarType.INTERVAL_DAY_TIME, DATETIME, DATETIME)
                        .says("The time from the second to the first"));
    }

    private static void making(List<ScalarSignature> list) {
        list.add(
                function("make_date")
                        .takes(ScalarType.DATE, AS_BIGINT, AS_BIGINT, AS_BIGINT)
                        .says("A date of year, month and day"));
        list.add(
                function("make_time")
                        .takes(ScalarType.TIME, AS_BIGINT, AS_BIGINT, AS_DOUBLE)
                        .says("A time of hour, minute and second"));
        list.add(
                function("make_timestamp")
                        .takes(
                                ScalarType.TIMESTAMP,
                                AS_BIGINT,
                                AS_BIGINT,
                                AS_BIGINT,
                                AS_BIGINT,
                                AS_BIGINT,
                                AS_DOUBLE)
                        .says("A timestamp of year, month, day, hour, minute and second"));
        list.add(
                function("to_timestamp")
                        .takes(ScalarType.TIMESTAMP_TZ, AS_DOUBLE)
                        .takes(ScalarType.TIMESTAMP_TZ, TEXT, TEXT)
                        .says("An instant of seconds since 1970, or of text by a pattern"));
        list.add(
                function("timezone")
                        .takes(TemporalSignatures::otherZone, TEXT, TIMESTAMP)
                        .takes(
                                TemporalSignatures::otherZone,
                                new Parameter(TypeFamily.INTERVAL, ScalarType.INTERVAL_DAY_TIME),
                                TIMESTAMP)
                        .says(
                                "timezone(zone, value), as value AT TIME ZONE zone: the instant at"
                                        + " which the zone's clocks show a timestamp, or what they"
                                        + " show at an instant"));
        Type interval = ScalarType.INTERVAL_DAY_TIME;
        list.add(unit("to_years", ScalarType.INTERVAL_YEAR_MONTH));
        list.add(unit("to_months", ScalarType.INTERVAL_YEAR_MONTH));
        list.add(unit("to_weeks", interval));
        list.add(unit("to_days", interval));
        list.add(unit("to_hours", interval));
        list.add(unit("to_minutes", interval));
        list.add(unit("to_seconds", interval));
        list.add(unit("to_milliseconds", interval));
        list.add(unit("to_microseconds", interval));
    }

    private static ScalarSignature unit(String name, Type interval) {
        return function(name)
                .takes(interval, AS_BIGINT)
                .says("An interval of n " + name.substring(3));
    }

    private static void text(List<ScalarSignature> list) {
        list.add(
                function("strftime")
                        .takes(ScalarType.VARCHAR, DATETIME, TEXT)
                        .takes(ScalarType.VARCHAR, TEXT, DATETIME)
                        .says("Writes by a pattern such as %Y-%m-%d %H:%M:%S"));
        list.add(
                function("strptime")
                        .takes(ScalarType.TIMESTAMP, TEXT, TEXT)
                        .says("Reads by a pattern such as %Y-%m-%d %H:%M:%S"));
        list.add(
                function("try_strptime")
                        .takes(ScalarType.TIMESTAMP, TEXT, TEXT)
                        .seesNulls()
                        .says("As strptime, NULL where the text does not fit"));
        list.add(
                function("to_char")
                        .takes(ScalarType.VARCHAR, new Parameter(TypeFamily.TEMPORAL, null), TEXT)
                        .says("Writes by a pattern such as YYYY-MM-DD HH24:MI:SS"));
        list.add(
                function("to_date")
                        .takes(ScalarType.DATE, TEXT)
                        .takes(ScalarType.DATE, TEXT, TEXT)
                        .says("Reads by a pattern such as YYYY-MM-DD"));
    }

    private static Type otherZone(List<Type> arguments) {
        return arguments.get(1) == ScalarType.TIMESTAMP_TZ
                ? ScalarType.TIMESTAMP
                : ScalarType.TIMESTAMP_TZ;
    }

    private static void now(List<ScalarSignature> list) {
        list.add(
                function("current_date", "today")
                        .takes(ScalarType.DATE)
                        .says("The statement's date in the session's time zone"));
        list.add(
                function("current_timestamp", "now", "transaction_timestamp")
                        .takes(ScalarType.TIMESTAMP_TZ)
                        .says("The statement's instant"));
        list.add(
                function("current_time", "localtime")
                        .takes(ScalarType.TIME)
                        .says("The statement's time of day in the session's time zone"));
        list.add(
                function("localtimestamp", "current_localtimestamp")
                        .takes(ScalarType.TIMESTAMP)
                        .says("The statement's time in the session's time zone"));
    }
}
