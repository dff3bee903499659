package io.neuralake.spi.error;

/// Classifies errors by who can do something about them.
public enum ErrorKind {
    /// The statement or its data is wrong; the user can correct it.
    USER,
    /// A limit of memory, disk or queue was reached.
    INSUFFICIENT_RESOURCES,
    /// Storage or a file is at fault.
    EXTERNAL,
    /// A defect of this program.
    INTERNAL
}
