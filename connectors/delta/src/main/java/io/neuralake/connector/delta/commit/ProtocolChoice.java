package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.TableProtocol;
import io.neuralake.connector.delta.schema.LogField;
import io.neuralake.connector.delta.schema.LogType;
import io.neuralake.connector.delta.schema.LogTypes;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Chooses what a table asks of readers and writers: no more than its definition needs, and never less
/// than before, since older versions need what they needed.
final class ProtocolChoice {
    private ProtocolChoice() {}

    /// Returns the protocol of a new table.
    ///
    /// @param asked features that the user named
    static TableProtocol first(
            LogType.Struct schema, Map<String, String> properties, Set<String> asked) {
        Set<String> features = new TreeSet<>(Set.of(Features.APPEND_ONLY, Features.INVARIANTS));
        features.addAll(asked);
        return upgrade(new TableProtocol(1, 1, Set.of(), Set.of()), schema, properties, features);
    }

    /// Returns the protocol of a table whose definition changed.
    ///
    /// @param asked further features
    static TableProtocol upgrade(
            TableProtocol current,
            LogType.Struct schema,
            Map<String, String> properties,
            Set<String> asked) {
        Set<String> needed = needed(current, schema, properties);
        needed.addAll(asked);
        Set<String> supported = Features.of(current);
        Set<String> all = new TreeSet<>(supported);
        all.addAll(Features.complete(needed));
        return all.equals(supported) ? current : of(current, all);
    }

    /// Returns the protocol that supports what two versions of a table need.
    static TableProtocol merge(TableProtocol current, TableProtocol other) {
        Set<String> all = new TreeSet<>(Features.of(current));
        return all.addAll(Features.of(other)) ? of(current, all) : current;
    }

    private static TableProtocol of(TableProtocol current, Set<String> features) {
        for (int version = Math.max(2, current.minWriterVersion());
                version < Features.WRITER_LISTS;
                version++) {
            if (Features.upTo(version).equals(new LinkedHashSet<>(features))) {
                int reader = features.contains(Features.COLUMN_MAPPING) ? 2 : 1;
                return new TableProtocol(
                        Math.max(reader, current.minReaderVersion()), version, Set.of(), Set.of());
            }
        }
        Set<String> readers = new TreeSet<>(features);
        readers.retainAll(Features.READER);
        readers.addAll(current.readerFeatures());
        boolean mappingOnly =
                current.minReaderVersion() == 2 && readers.equals(Set.of(Features.COLUMN_MAPPING));
        if (readers.isEmpty() || mappingOnly) {
            return new TableProtocol(
                    current.minReaderVersion(), Features.WRITER_LISTS, Set.of(), features);
        }
        return new TableProtocol(Features.READER_LISTS, Features.WRITER_LISTS, readers, features);
    }

    private static Set<String> needed(
            TableProtocol current, LogType.Struct schema, Map<String, String> properties) {
        Set<String> needed = new TreeSet<>();
        add(needed, Features.APPEND_ONLY, on(properties, TableProperties.APPEND_ONLY));
        add(needed, Features.CHECKS, hasChecks(properties));
        add(needed, Features.CHANGE_DATA_FEED, on(properties, TableProperties.CHANGE_DATA_FEED));
        add(needed, Features.GENERATED, has(schema, LogField.GENERATED));
        add(needed, Features.DEFAULTS, has(schema, LogField.DEFAULT));
        add(needed, Features.INVARIANTS, has(schema, LogField.INVARIANT));
        add(needed, Features.IDENTITY, has(schema, LogField.IDENTITY_STEP));
        add(needed, Features.COLUMN_MAPPING, ColumnMapping.isOn(properties));
        add(needed, Features.DELETION_VECTORS, on(properties, TableProperties.DELETION_VECTORS));
        add(
                needed,
                Features.IN_COMMIT_TIMESTAMP,
                on(properties, TableProperties.IN_COMMIT_TIMESTAMPS));
        add(
                needed,
                Features.V2_CHECKPOINT,
                "v2".equalsIgnoreCase(properties.get(TableProperties.CHECKPOINT_POLICY)));
        add(needed, Features.TIMESTAMP_NTZ, LogTypes.uses(schema, "timestamp_ntz"));
        add(
                needed,
                Features.TYPE_WIDENING,
                on(properties, TableProperties.TYPE_WIDENING)
                        && !Features.of(current).contains(Features.TYPE_WIDENING_PREVIEW));
        add(needed, Features.ROW_TRACKING, on(properties, TableProperties.ROW_TRACKING));
        return needed;
    }

    private static void add(Set<String> features, String feature, boolean needed) {
        if (needed) {
            features.add(feature);
        }
    }

    private static boolean on(Map<String, String> properties, String name) {
        return Boolean.parseBoolean(properties.get(name));
    }

    private static boolean has(LogType.Struct schema, String key) {
        return LogTypes.any(schema, field -> present(field.metadata().get(key)));
    }

    private static boolean present(@Nullable Object value) {
        return value != null;
    }

    private static boolean hasChecks(Map<String, String> properties) {
        return properties.keySet().stream().anyMatch(TableProperties::isCheck);
    }
}
