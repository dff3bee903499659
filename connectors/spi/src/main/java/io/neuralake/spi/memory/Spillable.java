package io.neuralake.spi.memory;

/// State that can move to disk when memory is short.
public interface Spillable {
    /// Returns an estimate of the bytes that [#spill] could free now.
    long spillableBytes();

    /// Frees up to `targetBytes` and returns how many it freed.
    long spill(long targetBytes);
}
