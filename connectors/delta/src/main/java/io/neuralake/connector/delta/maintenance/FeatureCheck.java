package io.neuralake.connector.delta.maintenance;

import io.neuralake.connector.delta.log.TableProtocol;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.util.Set;
import java.util.TreeSet;

/// Tells tables that can be maintained from those that could be harmed, since a feature of theirs may
/// have other ideas of which files are needed (PROTOCOL.md, "VACUUM Protocol Check").
final class FeatureCheck {
    private static final int MAX_WRITER_VERSION = 7;

    /// Features that say nothing of files beyond what this package knows.
    private static final Set<String> KNOWN =
            Set.of(
                    "allowColumnDefaults",
                    "appendOnly",
                    "changeDataFeed",
                    "checkConstraints",
                    "checkpointProtection",
                    "clustering",
                    "columnMapping",
                    "deletionVectors",
                    "domainMetadata",
                    "generatedColumns",
                    "icebergCompatV1",
                    "icebergCompatV2",
                    "icebergWriterCompatV1",
                    "identityColumns",
                    "inCommitTimestamp",
                    "invariants",
                    "materializePartitionColumns",
                    "rowTracking",
                    "timestampNtz",
                    "typeWidening",
                    "typeWidening-preview",
                    "v2Checkpoint",
                    "vacuumProtocolCheck",
                    "variantShredding",
                    "variantShredding-preview",
                    "variantType",
                    "variantType-preview");

    private FeatureCheck() {}

    /// Throws UNSUPPORTED with the features in the way.
    static void checkMaintained(TableProtocol protocol, String table) {
        TreeSet<String> unknown = new TreeSet<>(protocol.writerFeatures());
        unknown.removeAll(KNOWN);
        if (protocol.minWriterVersion() > MAX_WRITER_VERSION || !unknown.isEmpty()) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Table has features that this program does not maintain: "
                            + (unknown.isEmpty()
                                    ? "writer version " + protocol.minWriterVersion()
                                    : String.join(", ", unknown))
                            + ": "
                            + table);
        }
    }
}
