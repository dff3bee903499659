package io.neuralake.conformance.delta;

import io.neuralake.conformance.storage.DynamoDouble;
import io.neuralake.conformance.storage.S3Double;
import io.neuralake.server.StorageSettings;
import io.neuralake.storage.s3.CommitChoice;
import io.neuralake.storage.s3.DynamoSettings;
import io.neuralake.storage.s3.S3Settings;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/// A lake that several processes share.
///
/// @param lake its folder
/// @param s3 address of the store that has it; empty for this machine's file system
/// @param dynamo address of the DynamoDB that arbitrates its commits; empty for none
record LakePlace(String lake, String s3, String dynamo) {
    /// How many arguments [#arguments] makes.
    static final int ARGUMENTS = 3;

    private static final String SCHEME = "s3a";

    /// Who arbitrates commits.
    enum Kind {
        /// The file system, by hard links.
        LOCAL,
        /// The store, by conditional puts.
        S3,
        /// DynamoDB, by Spark's protocol.
        DYNAMO
    }

    static LakePlace local(Path folder) {
        return new LakePlace(folder.toString(), "", "");
    }

    /// Makes an empty lake.
    ///
    /// @param folder for a local one
    static LakePlace make(Kind kind, Path folder) throws IOException, InterruptedException {
        if (kind == Kind.LOCAL) {
            return local(folder);
        }
        S3Double store = S3Double.shared();
        String dynamo =
                kind == Kind.DYNAMO
                        ? String.valueOf(DynamoDouble.shared().settings().endpoint())
                        : "";
        return new LakePlace(
                "s3://" + store.newBucket() + "/lake",
                String.valueOf(store.settings().endpoint()),
                dynamo);
    }

    /// Reads what [#arguments] has made.
    static LakePlace parse(String[] arguments) {
        return new LakePlace(arguments[0], arguments[1], arguments[2]);
    }

    /// Returns this as arguments of a process.
    List<String> arguments() {
        return List.of(lake, s3, dynamo);
    }

    /// Returns how to reach it, and makes the credentials of the stand-ins those of this process.
    StorageSettings storage() {
        if (s3.isEmpty()) {
            return StorageSettings.DEFAULTS;
        }
        S3Double.useCredentials();
        S3Settings settings = S3Settings.DEFAULTS.withEndpoint(URI.create(s3));
        if (!dynamo.isEmpty()) {
            settings =
                    settings.withCommits(CommitChoice.parse("dynamodb"))
                            .withDynamo(
                                    new DynamoSettings(
                                            DynamoDouble.TABLE, URI.create(dynamo), SCHEME));
        }
        return StorageSettings.DEFAULTS.withS3(settings);
    }
}
