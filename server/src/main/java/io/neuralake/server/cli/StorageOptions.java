package io.neuralake.server.cli;

import io.neuralake.server.StorageSettings;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.s3.CommitChoice;
import io.neuralake.storage.s3.DynamoSettings;
import io.neuralake.storage.s3.S3Settings;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import java.net.URI;
import java.nio.file.Path;
import java.util.OptionalLong;

/// How object stores are reached, and what is kept of their files.
public final class StorageOptions {
    private static final long DISK_CACHE_BYTES = 10L << 30;

    @Option(
            names = "--s3-endpoint",
            paramLabel = "URL",
            converter = Endpoint.class,
            description = "Address of a store that speaks S3; default: AWS.")
    private @Nullable URI s3Endpoint;

    @Option(
            names = "--s3-region",
            paramLabel = "REGION",
            description = "Region of the store; default: that of AWS_REGION or ~/.aws/config.")
    private @Nullable String s3Region;

    @Option(
            names = "--s3-path-style",
            paramLabel = "on|off",
            converter = ServeCommand.SwitchChoice.class,
            description =
                    "Puts the bucket into the path of URLs and not into the host's name; default:"
                            + " on with --s3-endpoint.")
    private ServeCommand.@Nullable Switch s3PathStyle;

    @Option(
            names = "--s3-commit",
            paramLabel = "HOW",
            converter = Commits.class,
            description =
                    "How commits of Delta tables are made, conditional (by the store alone) or"
                            + " dynamodb (as Spark's S3DynamoDBLogStore), for some tables"
                            + " s3://bucket/folder=dynamodb, with commas between; default:"
                            + " conditional.")
    private @Nullable CommitChoice s3Commit;

    @Option(
            names = "--dynamodb-table",
            paramLabel = "NAME",
            description = "Table in DynamoDB for --s3-commit dynamodb; default: delta_log.")
    private @Nullable String dynamoTable;

    @Option(
            names = "--dynamodb-endpoint",
            paramLabel = "URL",
            converter = Endpoint.class,
            description = "Address of DynamoDB; default: AWS.")
    private @Nullable URI dynamoEndpoint;

    @Option(
            names = "--dynamodb-path-scheme",
            paramLabel = "SCHEME",
            description =
                    "Scheme of paths in that table, which all writers have to agree on; default:"
                            + " s3a.")
    private @Nullable String dynamoPathScheme;

    @Option(
            names = "--block-cache",
            paramLabel = "SIZE",
            converter = OptionValues.Size.class,
            description =
                    "Most memory of parts of remote files; default: an eighth of --memory, at most"
                            + " 1GB.")
    private @Nullable MemorySize blockCache;

    @Option(
            names = "--disk-cache",
            paramLabel = "FOLDER",
            description = "Keeps parts of remote files on disk; default: not.")
    private @Nullable Path diskCache;

    @Option(
            names = "--disk-cache-size",
            paramLabel = "SIZE",
            converter = OptionValues.Size.class,
            description = "Most bytes in --disk-cache; default: 10GB.")
    private @Nullable MemorySize diskCacheSize;

    /// Reads an address.
    static final class Endpoint implements ITypeConverter<URI> {
        @Override
        public URI convert(String value) {
            String url = value.strip();
            if (!url.startsWith("http://") && !url.startsWith("https://")) {
                throw new TypeConversionException(
                        "'" + value + "' is no address; write http://host:port or https://host");
            }
            try {
                return URI.create(url);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + value + "' is no address");
            }
        }
    }

    /// Reads how commits are made.
    static final class Commits implements ITypeConverter<CommitChoice> {
        @Override
        public CommitChoice convert(String value) {
            try {
                return CommitChoice.parse(value);
            } catch (IllegalArgumentException | NeuralakeException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    /// Returns the settings, defaults filled in.
    StorageSettings settings() {
        MemorySize blocks = blockCache;
        MemorySize disk = diskCacheSize;
        return new StorageSettings(
                s3(),
                blocks == null ? OptionalLong.empty() : OptionalLong.of(blocks.bytes()),
                diskCache == null ? null : diskCache.toAbsolutePath(),
                disk == null ? DISK_CACHE_BYTES : disk.bytes());
    }

    private S3Settings s3() {
        CommitChoice commits = s3Commit;
        return S3Settings.DEFAULTS
                .withEndpoint(s3Endpoint)
                .withRegion(s3Region)
                .withPathStyle(s3PathStyle == null ? null : s3PathStyle == ServeCommand.Switch.ON)
                .withCommits(commits == null ? CommitChoice.DEFAULT : commits)
                .withDynamo(dynamo(DynamoSettings.DEFAULTS));
    }

    private DynamoSettings dynamo(DynamoSettings defaults) {
        return new DynamoSettings(
                dynamoTable == null ? defaults.table() : dynamoTable,
                dynamoEndpoint,
                dynamoPathScheme == null ? defaults.pathScheme() : dynamoPathScheme);
    }
}
