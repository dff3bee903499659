package io.neuralake.spi.connector;

/// Reads tables of one kind. Thread-safe.
public interface Connector {
    /// Lists the splits of a scan after pruning by the request's predicates. Pruned rows, row groups
    /// and bytes are counted in `metrics`.
    SplitSource splits(ScanRequest request, ScanMetrics metrics);

    /// Opens a split. The caller closes the source. Errors name the file and, for a corrupt one, the
    /// offset.
    BatchSource open(Split split, ScanRequest request, ScanContext context);
}
