package io.neuralake.connector.parquet.file;

/// Identifies one version of a file.
///
/// @param modifiedMillis time of the last change, since 1970-01-01 UTC
public record FileId(String path, long size, long modifiedMillis) {}
