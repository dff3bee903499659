package io.neuralake.storage.s3;

/// How of several writers of one commit exactly one wins.
public enum CommitMode {
    /// The store refuses to write over a file (`If-None-Match: *`).
    CONDITIONAL,
    /// A table in DynamoDB has the commits first, as that of Spark's `S3DynamoDBLogStore`.
    DYNAMODB
}
