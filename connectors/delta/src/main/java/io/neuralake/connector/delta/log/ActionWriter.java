package io.neuralake.connector.delta.log;

import com.fasterxml.jackson.core.JsonGenerator;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// Writes actions as the log has them: one JSON object each, what is null left out.
public final class ActionWriter {
    private static final int TABLE_FEATURES_READER = 3;
    private static final int TABLE_FEATURES_WRITER = 7;

    private final JsonGenerator json;

    /// Writes to a generator, which stays the caller's.
    public ActionWriter(JsonGenerator json) {
        this.json = json;
    }

    /// Writes an action. What a commit says of itself is more than its action holds, and is not written here.
    public void write(LogAction action) throws IOException {
        json.writeStartObject();
        switch (action) {
            case AddFile file -> add(file);
            case LogAction.RemoveFile file -> remove(file);
            case LogAction.AddCdcFile file -> cdc(file);
            case LogAction.SetTransaction transaction -> transaction(transaction);
            case LogAction.SetProtocol protocol -> protocol(protocol.protocol());
            case LogAction.SetMetadata metadata -> metadata(metadata.metadata());
            case LogAction.SetDomain domain -> domain(domain);
            case LogAction.CommitInfo _ ->
                    throw new IllegalArgumentException("Commit information is written by itself");
        }
        json.writeEndObject();
    }

    private void add(AddFile file) throws IOException {
        json.writeObjectFieldStart("add");
        json.writeStringField("path", file.path());
        texts("partitionValues", file.partitionValues());
        json.writeNumberField("size", file.size());
        json.writeNumberField("modificationTime", file.modifiedMillis());
        json.writeBooleanField("dataChange", file.details().dataChange());
        if (file.statistics() != null) {
            json.writeStringField("stats", file.statistics());
        }
        vectorAndDetails(file.deletionVector(), file.details());
        if (file.details().clusteringProvider() != null) {
            json.writeStringField("clusteringProvider", file.details().clusteringProvider());
        }
        json.writeEndObject();
    }

    private void remove(LogAction.RemoveFile file) throws IOException {
        json.writeObjectFieldStart("remove");
        json.writeStringField("path", file.path());
        json.writeNumberField("deletionTimestamp", file.deletedMillis());
        json.writeBooleanField("dataChange", file.details().dataChange());
        if (file.partitionValues() != null && file.size() >= 0) {
            json.writeBooleanField("extendedFileMetadata", true);
            texts("partitionValues", file.partitionValues());
            json.writeNumberField("size", file.size());
        }
        vectorAndDetails(file.deletionVector(), file.details());
        json.writeEndObject();
    }

    private void vectorAndDetails(@Nullable DeletionVector vector, FileDetails details)
            throws IOException {
        if (!details.tags().isEmpty()) {
            texts("tags", details.tags());
        }
        if (vector != null) {
            json.writeObjectFieldStart("deletionVector");
            json.writeStringField("storageType", vector.storageType());
            json.writeStringField("pathOrInlineDv", vector.pathOrInline());
            if (vector.offset() != null) {
                json.writeNumberField("offset", vector.offset());
            }
            json.writeNumberField("sizeInBytes", vector.bytes());
            json.writeNumberField("cardinality", vector.cardinality());
            json.writeEndObject();
        }
        if (details.baseRowId() != null) {
            json.writeNumberField("baseRowId", details.baseRowId());
        }
        if (details.rowCommitVersion() != null) {
            json.writeNumberField("defaultRowCommitVersion", details.rowCommitVersion());
        }
    }

    private void cdc(LogAction.AddCdcFile file) throws IOException {
        json.writeObjectFieldStart("cdc");
        json.writeStringField("path", file.path());
        texts("partitionValues", file.partitionValues());
        json.writeNumberField("size", file.size());
        json.writeBooleanField("dataChange", false);
        json.writeEndObject();
    }

    private void transaction(LogAction.SetTransaction transaction) throws IOException {
        json.writeObjectFieldStart("txn");
        json.writeStringField("appId", transaction.applicationId());
        json.writeNumberField("version", transaction.version());
        if (transaction.updatedMillis() != null) {
            json.writeNumberField("lastUpdated", transaction.updatedMillis());
        }
        json.writeEndObject();
    }

    private void protocol(TableProtocol protocol) throws IOException {
        json.writeObjectFieldStart("protocol");
        json.writeNumberField("minReaderVersion", protocol.minReaderVersion());
        json.writeNumberField("minWriterVersion", protocol.minWriterVersion());
        if (protocol.minReaderVersion() >= TABLE_FEATURES_READER) {
            names("readerFeatures", new TreeSet<>(protocol.readerFeatures()));
        }
        if (protocol.minWriterVersion() >= TABLE_FEATURES_WRITER) {
            names("writerFeatures", new TreeSet<>(protocol.writerFeatures()));
        }
        json.writeEndObject();
    }

    private void metadata(TableMetadata metadata) throws IOException {
        json.writeObjectFieldStart("metaData");
        json.writeStringField("id", metadata.id());
        if (metadata.name() != null) {
            json.writeStringField("name", metadata.name());
        }
        if (!metadata.description().isEmpty()) {
            json.writeStringField("description", metadata.description());
        }
        json.writeObjectFieldStart("format");
        json.writeStringField("provider", "parquet");
        json.writeObjectFieldStart("options");
        json.writeEndObject();
        json.writeEndObject();
        json.writeStringField("schemaString", metadata.schemaString());
        names("partitionColumns", metadata.partitionColumns());
        texts("configuration", new TreeMap<>(metadata.properties()));
        if (metadata.createdMillis() != null) {
            json.writeNumberField("createdTime", metadata.createdMillis());
        }
        json.writeEndObject();
    }

    private void domain(LogAction.SetDomain domain) throws IOException {
        json.writeObjectFieldStart("domainMetadata");
        json.writeStringField("domain", domain.domain());
        json.writeStringField("configuration", domain.configuration());
        json.writeBooleanField("removed", domain.removed());
        json.writeEndObject();
    }

    private void names(String member, Collection<String> names) throws IOException {
        json.writeArrayFieldStart(member);
        for (String name : names) {
            json.writeString(name);
        }
        json.writeEndArray();
    }

    private void texts(String member, Map<String, ? extends @Nullable String> texts)
            throws IOException {
        json.writeObjectFieldStart(member);
        for (Map.Entry<String, ? extends @Nullable String> entry : texts.entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }
}
