package io.neuralake.connector.delta.commit;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Checks properties that users set. Those that begin with `delta.` mean something to every program that writes
/// the table, so only known ones with good values pass; the rest are the user's.
final class TableProperties {
    static final String APPEND_ONLY = "delta.appendOnly";
    static final String CHANGE_DATA_FEED = "delta.enableChangeDataFeed";
    static final String DELETION_VECTORS = "delta.enableDeletionVectors";
    static final String IN_COMMIT_TIMESTAMPS = "delta.enableInCommitTimestamps";
    static final String ENABLEMENT_VERSION = "delta.inCommitTimestampEnablementVersion";
    static final String ENABLEMENT_TIME = "delta.inCommitTimestampEnablementTimestamp";
    static final String CHECKPOINT_POLICY = "delta.checkpointPolicy";
    static final String CHECKPOINT_INTERVAL = "delta.checkpointInterval";
    static final String ISOLATION = "delta.isolationLevel";
    static final String TYPE_WIDENING = "delta.enableTypeWidening";
    static final String ROW_TRACKING = "delta.enableRowTracking";
    static final String ROW_TRACKING_SUSPENDED = "delta.rowTrackingSuspended";
    static final String ROW_ID_COLUMN = "delta.rowTracking.materializedRowIdColumnName";
    static final String ROW_VERSION_COLUMN =
            "delta.rowTracking.materializedRowCommitVersionColumnName";

    private static final String CHECK_PREFIX = "delta.constraints.";
    private static final String FEATURE_PREFIX = "delta.feature.";

    /// Properties that programs keep, not users.
    private static final Set<String> INTERNAL =
            Set.of(
                    ColumnMapping.MAX_ID,
                    ENABLEMENT_VERSION,
                    ENABLEMENT_TIME,
                    ROW_ID_COLUMN,
                    ROW_VERSION_COLUMN);

    private static final String BOOLEAN = "true|false";
    private static final String COUNT = "[1-9]\\d{0,8}";
    private static final String BYTES = "[1-9]\\d{0,17}\\s*([kmgt]?b)?";
    private static final String INTERVAL =
            "(interval\\s+)?(\\d+\\s+(week|day|hour|minute|second|millisecond|microsecond)s?\\s*)+";

    /// Patterns of values, by name.
    private static final Map<String, String> KNOWN = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    static {
        for (String name :
                Set.of(
                        APPEND_ONLY,
                        CHANGE_DATA_FEED,
                        DELETION_VECTORS,
                        IN_COMMIT_TIMESTAMPS,
                        TYPE_WIDENING,
                        ROW_TRACKING,
                        ROW_TRACKING_SUSPENDED,
                        "delta.enableExpiredLogCleanup",
                        "delta.checkpoint.writeStatsAsJson",
                        "delta.checkpoint.writeStatsAsStruct",
                        "delta.autoOptimize.optimizeWrite",
                        "delta.tuneFileSizesForRewrites")) {
            KNOWN.put(name, BOOLEAN);
        }
        for (String name :
                Set.of(
                        "delta.logRetentionDuration",
                        "delta.deletedFileRetentionDuration",
                        "delta.setTransactionRetentionDuration",
                        "delta.checkpointRetentionDuration")) {
            KNOWN.put(name, INTERVAL);
        }
        KNOWN.put("delta.autoOptimize.autoCompact", "true|false|auto");
        KNOWN.put(CHECKPOINT_INTERVAL, COUNT);
        KNOWN.put(CHECKPOINT_POLICY, "classic|v2");
        KNOWN.put(ISOLATION, "serializable|writeserializable");
        KNOWN.put(ColumnMapping.MODE, "none|name|id");
        KNOWN.put("delta.dataSkippingNumIndexedCols", "-1|\\d{1,6}");
        KNOWN.put("delta.dataSkippingStatsColumns", ".*");
        KNOWN.put("delta.targetFileSize", BYTES);
        KNOWN.put("delta.parquet.compression.codec", "zstd");
        KNOWN.put("delta.parquet.format.version", "1\\.0\\.0");
    }

    private TableProperties() {}

    /// What a user asked for by properties.
    ///
    /// @param properties to keep, by their right names
    /// @param features to support
    record Asked(Map<String, String> properties, Set<String> features) {}

    static Asked check(Map<String, String> asked) {
        Map<String, String> properties = new HashMap<>();
        Set<String> features = new TreeSet<>();
        asked.forEach(
                (name, value) -> {
                    String lower = name.toLowerCase(Locale.ROOT);
                    if (lower.startsWith(FEATURE_PREFIX)) {
                        features.add(feature(name, value));
                    } else if (lower.startsWith("delta.")) {
                        properties.put(canonical(name), value(name, value));
                    } else {
                        properties.put(name, value);
                    }
                });
        return new Asked(properties, features);
    }

    private static String feature(String name, String value) {
        String feature = name.substring(FEATURE_PREFIX.length());
        if (!value.equalsIgnoreCase("supported") && !value.equalsIgnoreCase("enabled")) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "A table feature can only be set to 'supported': " + name + " = " + value);
        }
        for (String known : Features.WRITABLE) {
            if (known.equalsIgnoreCase(feature)) {
                return known;
            }
        }
        throw new NeuralakeException(
                ErrorCode.UNSUPPORTED, "Table feature not supported: " + feature);
    }

    /// Returns a property's name as the log has it. Throws INVALID_PARAMETER for one that users must
    /// not set.
    private static String canonical(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.startsWith(CHECK_PREFIX)) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "CHECK constraints are added by ALTER TABLE ... ADD CONSTRAINT: " + name);
        }
        for (String internal : INTERNAL) {
            if (internal.equalsIgnoreCase(name)) {
                throw new NeuralakeException(
                        ErrorCode.INVALID_PARAMETER, "This property cannot be set: " + name);
            }
        }
        for (String known : KNOWN.keySet()) {
            if (known.equalsIgnoreCase(name)) {
                return known;
            }
        }
        throw new NeuralakeException(
                ErrorCode.INVALID_PARAMETER,
                "Unknown property of Delta tables, or not supported: " + name);
    }

    private static String value(String name, String value) {
        String pattern = KNOWN.get(name);
        if (pattern != null
                && Pattern.compile(pattern, Pattern.CASE_INSENSITIVE).matcher(value).matches()) {
            return pattern.equals(BOOLEAN) ? value.toLowerCase(Locale.ROOT) : value;
        }
        throw new NeuralakeException(
                ErrorCode.INVALID_PARAMETER,
                "Not a value of this property: " + name + " = '" + value + "'");
    }

    /// Returns the name of a property that shall be removed. Throws INVALID_PARAMETER for one that must stay.
    static String removable(String name) {
        return name.toLowerCase(Locale.ROOT).startsWith("delta.") ? canonical(name) : name;
    }

    static boolean isCheck(String property) {
        return property.startsWith(CHECK_PREFIX);
    }

    static boolean isInternal(String property) {
        return INTERNAL.contains(property);
    }

    /// Names of constraints are the same whatever their case; other programs write them in lower case.
    static String checkProperty(String check) {
        return CHECK_PREFIX + check.toLowerCase(Locale.ROOT);
    }

    static String checkName(String property) {
        return property.substring(CHECK_PREFIX.length());
    }
}
