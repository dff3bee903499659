package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.TableMetadata;
import io.neuralake.connector.delta.schema.LogField;
import io.neuralake.connector.delta.schema.LogTypes;
import io.neuralake.connector.delta.schema.SchemaJson;

import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// What another transaction has made of a table's definition.
///
/// @param before the definition that rows were written by
record Redefinition(TableMetadata before, TableMetadata after) {
    private static final String DELTA = "delta.";

    /// Properties of which rows, and the files that hold them, are right whatever their values: they are about upkeep, and
    /// how new files are cut.
    private static final Set<String> HARMLESS =
            Set.of(
                    TableProperties.CHECKPOINT_INTERVAL,
                    TableProperties.CHECKPOINT_POLICY,
                    "delta.checkpoint.writeStatsAsJson",
                    "delta.checkpoint.writeStatsAsStruct",
                    "delta.checkpointRetentionDuration",
                    "delta.logRetentionDuration",
                    "delta.deletedFileRetentionDuration",
                    "delta.setTransactionRetentionDuration",
                    "delta.enableExpiredLogCleanup",
                    "delta.autoOptimize.autoCompact",
                    "delta.autoOptimize.optimizeWrite",
                    "delta.tuneFileSizesForRewrites",
                    "delta.targetFileSize",
                    "delta.dataSkippingNumIndexedCols",
                    "delta.dataSkippingStatsColumns",
                    TableProperties.DELETION_VECTORS);

    /// Tells whether who changes rows need not know of it: comments are others, and properties that do not concern
    /// rows. Tables are free to have deletion vectors or not where the protocol allows them.
    boolean isHarmless() {
        if (!before.id().equals(after.id())
                || !before.partitionColumns().equals(after.partitionColumns())
                || !columns(before).equals(columns(after))) {
            return false;
        }
        Map<String, String> now = after.properties();
        Set<String> names = new HashSet<>(before.properties().keySet());
        names.addAll(now.keySet());
        names.removeIf(name -> Objects.equals(before.properties().get(name), now.get(name)));
        return names.stream().allMatch(name -> !name.startsWith(DELTA) || HARMLESS.contains(name));
    }

    private static Object columns(TableMetadata metadata) {
        return LogTypes.map(
                SchemaJson.parse(metadata.schemaString()),
                field -> field.with(LogField.COMMENT, null));
    }
}
