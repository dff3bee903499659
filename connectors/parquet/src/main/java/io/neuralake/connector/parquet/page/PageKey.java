package io.neuralake.connector.parquet.page;

import io.neuralake.connector.parquet.file.FileId;

import org.jspecify.annotations.Nullable;

/// Names one page of one version of a file.
///
/// @param file path, size and time of change
/// @param fileKey what the file system knows the file by; tells files apart that took the same name
/// @param offset of the page in the file, and so of one chunk of one column
record PageKey(FileId file, @Nullable Object fileKey, long offset) {}
