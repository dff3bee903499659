package io.neuralake.storage.s3;

import org.jspecify.annotations.Nullable;

import java.net.URI;

/// The table of DynamoDB that arbitrates commits, which all writers of a lake's tables have to agree on.
///
/// @param table its name; Spark's `spark.io.delta.storage.S3DynamoDBLogStore.ddb.tableName`
/// @param endpoint null for that of AWS, or of `AWS_ENDPOINT_URL_DYNAMODB`
/// @param pathScheme scheme of the tables' paths in it; Spark with Hadoop writes `s3a`
public record DynamoSettings(String table, @Nullable URI endpoint, String pathScheme) {
    /// What Spark has by default.
    public static final DynamoSettings DEFAULTS = new DynamoSettings("delta_log", null, "s3a");
}
