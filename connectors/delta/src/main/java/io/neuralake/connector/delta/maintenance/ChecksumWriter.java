package io.neuralake.connector.delta.maintenance;

import io.neuralake.connector.delta.log.ActionTypes;
import io.neuralake.connector.delta.log.DeletionVector;
import io.neuralake.connector.delta.log.JsonForm;
import io.neuralake.connector.delta.log.LogContents;
import io.neuralake.connector.delta.log.LogContents.Entry;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.storage.ObjectStore;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Writes what a version must add up to, for readers that check it or want protocol and metadata
/// quickly (PROTOCOL.md, "Version Checksum File").
final class ChecksumWriter {
    private ChecksumWriter() {}

    /// Writes the file of a version, unless there is one.
    ///
    /// @param folder the table's `_delta_log`
    static void write(ObjectStore store, String folder, LogContents contents) {
        ActionTypes types = contents.types();
        long bytes = 0;
        long vectors = 0;
        long deleted = 0;
        for (Entry file : contents.files()) {
            bytes += types.member("add", file.row(), "size") instanceof Long size ? size : 0;
            DeletionVector vector = types.deletionVector("add", file.row());
            vectors += vector == null ? 0 : 1;
            deleted += vector == null ? 0 : vector.cardinality();
        }
        boolean hasVectors = CheckpointWriter.hasFeature(contents, "deletionVectors");
        boolean ownTime = contents.state().metadata().inCommitTimestamps();
        StructType type =
                new StructType(
                        List.of(
                                Field.of("tableSizeBytes", ScalarType.BIGINT),
                                Field.of("numFiles", ScalarType.BIGINT),
                                Field.of("numDeletedRecordsOpt", ScalarType.BIGINT),
                                Field.of("numDeletionVectorsOpt", ScalarType.BIGINT),
                                Field.of("numMetadata", ScalarType.BIGINT),
                                Field.of("numProtocol", ScalarType.BIGINT),
                                Field.of("inCommitTimestampOpt", ScalarType.BIGINT),
                                Field.of("metadata", types.type("metaData")),
                                Field.of("protocol", types.type("protocol")),
                                Field.of("setTransactions", new ListType(types.type("txn"))),
                                Field.of(
                                        "domainMetadata",
                                        new ListType(types.type("domainMetadata")))));
        List<@Nullable Object> values =
                Arrays.asList(
                        bytes,
                        (long) contents.files().size(),
                        hasVectors ? deleted : null,
                        hasVectors ? vectors : null,
                        1L,
                        1L,
                        ownTime ? contents.state().millis() : null,
                        contents.metadata(),
                        contents.protocol(),
                        List.copyOf(contents.transactions()),
                        List.copyOf(contents.domains()));
        String json = JsonForm.text(type, values);
        store.putIfAbsent(
                folder + "/" + "%020d".formatted(contents.version()) + ".crc",
                json.getBytes(StandardCharsets.UTF_8));
    }
}
