package io.neuralake.connector.parquet.write;

/// How much time goes into small files. Both are read equally fast.
public enum Compression {
    /// For rows that somebody waits for: a bulk load of TPC-H's lineitem takes three quarters of the processor time of
    /// [#DENSE], and 2 % more bytes.
    QUICK(1),
    /// For files that are written once and read often.
    DENSE(3);

    private final int level;

    Compression(int level) {
        this.level = level;
    }

    /// Returns the level of zstd.
    int level() {
        return level;
    }
}
