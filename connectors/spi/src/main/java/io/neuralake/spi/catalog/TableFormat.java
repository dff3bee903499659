package io.neuralake.spi.catalog;

/// Opens files of one format as tables. Thread-safe; caches footers by (path, size, mtime).
public interface TableFormat {
    /// Returns the format's name in lower case: `parquet`, `csv`, `json`, `delta`.
    String name();

    /// Opens the current version of the table at `location`: a file, a folder, or a glob pattern.
    /// Throws FILE_NOT_FOUND when nothing is there, CORRUPT_FILE when it cannot be read.
    TableSnapshot open(QualifiedName name, String location);
}
