package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.engine.KernelSchemas;
import io.neuralake.connector.delta.log.TableMetadata;
import io.neuralake.connector.delta.log.TableProtocol;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.connector.delta.schema.LogType;
import io.neuralake.connector.delta.schema.SchemaJson;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a table is, beside its files: what definitions and alterations make.
///
/// @param domains what features and applications keep with the table
record TableDraft(TableProtocol protocol, TableMetadata metadata, Map<String, String> domains) {
    /// Where clustering columns are kept.
    static final String CLUSTERING = "delta.clustering";

    TableDraft {
        domains = Map.copyOf(domains);
    }

    static TableDraft of(TableState state) {
        return new TableDraft(state.protocol(), state.metadata(), state.domains());
    }

    LogType.Struct schema() {
        return SchemaJson.parse(metadata.schemaString());
    }

    /// Returns this with other columns and properties, and what they ask of readers and writers.
    ///
    /// @param features further features to support
    TableDraft with(LogType.Struct schema, Map<String, String> properties, Set<String> features) {
        return with(schema, metadata.partitionColumns(), properties, features);
    }

    TableDraft with(
            LogType.Struct schema,
            List<String> partitions,
            Map<String, String> properties,
            Set<String> features) {
        DefinitionWriter.unlikeChanges(schema, properties);
        String json = SchemaJson.print(schema);
        return new TableDraft(
                ProtocolChoice.upgrade(protocol, schema, properties, features),
                new TableMetadata(
                        metadata.id(),
                        metadata.name(),
                        metadata.description(),
                        json,
                        partitions,
                        properties,
                        metadata.createdMillis(),
                        KernelSchemas.schema(json, partitions, properties)),
                domains);
    }

    TableDraft withDescription(String description) {
        return new TableDraft(protocol, metadata.withDescription(description), domains);
    }

    /// Returns this with another domain; null removes it.
    TableDraft withDomain(String domain, @Nullable String configuration) {
        Map<String, String> changed = new HashMap<>(domains);
        if (configuration == null) {
            changed.remove(domain);
        } else {
            changed.put(domain, configuration);
        }
        return new TableDraft(protocol, metadata, changed);
    }
}
