package io.neuralake.connector.delta.log;

import java.util.Set;

/// What a table asks of readers and writers.
///
/// @param readerFeatures names, empty below reader version 3
/// @param writerFeatures names, empty below writer version 7
public record TableProtocol(
        int minReaderVersion,
        int minWriterVersion,
        Set<String> readerFeatures,
        Set<String> writerFeatures) {
    /// Copies the sets.
    public TableProtocol {
        readerFeatures = Set.copyOf(readerFeatures);
        writerFeatures = Set.copyOf(writerFeatures);
    }
}
