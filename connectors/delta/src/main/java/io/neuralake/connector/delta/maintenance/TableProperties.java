package io.neuralake.connector.delta.maintenance;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;

/// The properties of a table that say how it is maintained, with their defaults.
record TableProperties(Map<String, String> values) {
    static final String DELETED_FILE_RETENTION = "delta.deletedFileRetentionDuration";
    static final String ALLOW_SHORT_RETENTION = "neuralake.allowShortRetention";

    Duration deletedFileRetention() {
        return duration(DELETED_FILE_RETENTION, Duration.ofDays(7));
    }

    boolean allowsShortRetention() {
        return flag(ALLOW_SHORT_RETENTION, false);
    }

    /// Tells whether who adds small files compacts them.
    boolean compactsItself() {
        String value = values.getOrDefault("delta.autoOptimize.autoCompact", "false");
        return value.equalsIgnoreCase("true") || value.equalsIgnoreCase("auto");
    }

    Duration logRetention() {
        return duration("delta.logRetentionDuration", Duration.ofDays(30));
    }

    boolean clearsLog() {
        return flag("delta.enableExpiredLogCleanup", true);
    }

    /// Returns how long the progress of applications is kept; null for ever.
    @Nullable Duration transactionRetention() {
        String name = "delta.setTransactionRetentionDuration";
        return values.containsKey(name) ? duration(name, Duration.ZERO) : null;
    }

    /// Returns the number of commits between two checkpoints.
    long checkpointInterval() {
        return Math.max(1, number("delta.checkpointInterval", 10));
    }

    boolean checkpointsHaveSidecars() {
        return "v2".equalsIgnoreCase(values.get("delta.checkpointPolicy"));
    }

    boolean statisticsAsJson() {
        return flag("delta.checkpoint.writeStatsAsJson", true);
    }

    boolean statisticsAsStruct() {
        return flag("delta.checkpoint.writeStatsAsStruct", true);
    }

    /// Returns how many columns statistics are kept of; negative for all.
    long indexedColumns() {
        return values.containsKey("delta.dataSkippingStatsColumns")
                ? -1
                : number("delta.dataSkippingNumIndexedCols", 32);
    }

    /// Returns the version before which checkpoints must be kept; 0 for none.
    long protectedBefore() {
        return number("delta.requireCheckpointProtectionBeforeVersion", 0);
    }

    /// Returns the version from which on commits name their time themselves.
    long inCommitTimestampsFrom() {
        return number("delta.inCommitTimestampEnablementVersion", 0);
    }

    private boolean flag(String name, boolean otherwise) {
        String value = values.get(name);
        return value == null ? otherwise : Boolean.parseBoolean(value.trim());
    }

    private long number(String name, long otherwise) {
        String value = values.get(name);
        try {
            return value == null ? otherwise : Long.parseLong(value.trim());
        } catch (NumberFormatException e) {
            throw invalid(name, value, e);
        }
    }

    /// Reads `interval 1 week 2 days`, the first word of which may be left out.
    private Duration duration(String name, Duration otherwise) {
        String value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        String[] words = value.trim().toLowerCase(Locale.ROOT).split("\\s+");
        int at = words[0].equals("interval") ? 1 : 0;
        Duration sum = Duration.ZERO;
        try {
            if (at == words.length || (words.length - at) % 2 != 0) {
                throw new IllegalArgumentException("a unit is missing");
            }
            for (; at < words.length; at += 2) {
                BigDecimal count = new BigDecimal(words[at]);
                long nanos = unit(words[at + 1]).toNanos();
                sum = sum.plusNanos(count.multiply(BigDecimal.valueOf(nanos)).longValueExact());
            }
            return sum;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw invalid(name, value, e);
        }
    }

    private static Duration unit(String name) {
        return switch (name.endsWith("s") ? name.substring(0, name.length() - 1) : name) {
            case "week" -> Duration.ofDays(7);
            case "day" -> Duration.ofDays(1);
            case "hour" -> Duration.ofHours(1);
            case "minute" -> Duration.ofMinutes(1);
            case "second" -> Duration.ofSeconds(1);
            case "millisecond" -> Duration.ofMillis(1);
            case "microsecond" -> Duration.of(1, ChronoUnit.MICROS);
            default -> throw new IllegalArgumentException("not a unit: " + name);
        };
    }

    private static NeuralakeException invalid(String name, String value, Exception cause) {
        return new NeuralakeException(
                ErrorCode.INVALID_PARAMETER,
                "Table property has an invalid value: " + name + " = '" + value + "'",
                cause);
    }
}
