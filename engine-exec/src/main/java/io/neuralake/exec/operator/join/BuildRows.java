package io.neuralake.exec.operator.join;

import io.neuralake.spi.batch.Batch;

import java.lang.foreign.MemorySegment;

/// Rows of a build side with a byte each that is 1 once a probe row has matched it.
interface BuildRows {
    /// Returns all rows, as one batch without selection.
    Batch rows();

    /// Returns one byte a row.
    MemorySegment marks();
}
