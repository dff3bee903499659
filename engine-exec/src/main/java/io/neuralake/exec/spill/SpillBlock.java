package io.neuralake.exec.spill;

/// Says where a batch lies in a [SpillFile].
///
/// @param offset of the first byte in the file
/// @param storedBytes bytes in the file; as many as `rawBytes` when they are not compressed
/// @param rawBytes bytes of the batch in its encoded form, and about the memory it takes once read
public record SpillBlock(long offset, int storedBytes, int rawBytes, int rowCount) {}
