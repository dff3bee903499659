package io.neuralake.connector.delta.write;

/// What the rows of a written file were before the transaction that writes it.
public enum RowKind {
    /// They were not there.
    NEW,
    /// They were there and have other values now.
    UPDATED,
    /// They were there as they are.
    COPIED
}
