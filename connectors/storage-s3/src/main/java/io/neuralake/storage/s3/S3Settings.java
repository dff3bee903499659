package io.neuralake.storage.s3;

import org.jspecify.annotations.Nullable;

import java.net.URI;

/// Where objects are and how they are reached. Credentials come from the SDK's default chain: environment,
/// system properties, `~/.aws`, containers, instance.
///
/// @param endpoint null for that of AWS, or of `AWS_ENDPOINT_URL_S3`
/// @param region null for that of the SDK's default chain, else `us-east-1`
/// @param pathStyle puts the bucket into the path of URLs rather than into the host's name, as most stores that
///     are not AWS want it; null for so where there is an endpoint
/// @param commits how commits are made that no other setting is about
/// @param dynamo which tables of DynamoDB know about commits
public record S3Settings(
        @Nullable URI endpoint,
        @Nullable String region,
        @Nullable Boolean pathStyle,
        CommitChoice commits,
        DynamoSettings dynamo) {
    /// The settings that nothing was said about.
    public static final S3Settings DEFAULTS =
            new S3Settings(null, null, null, CommitChoice.DEFAULT, DynamoSettings.DEFAULTS);

    /// Returns the same with an endpoint.
    public S3Settings withEndpoint(@Nullable URI other) {
        return new S3Settings(other, region, pathStyle, commits, dynamo);
    }

    /// Returns the same with a region.
    public S3Settings withRegion(@Nullable String other) {
        return new S3Settings(endpoint, other, pathStyle, commits, dynamo);
    }

    /// Returns the same with the bucket in the path, or not.
    public S3Settings withPathStyle(@Nullable Boolean other) {
        return new S3Settings(endpoint, region, other, commits, dynamo);
    }

    /// Returns the same with commits made in another way.
    public S3Settings withCommits(CommitChoice other) {
        return new S3Settings(endpoint, region, pathStyle, other, dynamo);
    }

    /// Returns the same with other tables of DynamoDB.
    public S3Settings withDynamo(DynamoSettings other) {
        return new S3Settings(endpoint, region, pathStyle, commits, other);
    }
}
