package io.neuralake.spi.memory;

/// Bytes that one owner may hold. Reserve before allocating. Thread-safe.
public interface MemoryReservation extends AutoCloseable {
    /// Adds `bytes` if the limits of the query and the server allow it.
    boolean tryGrow(long bytes);

    /// Adds `bytes`, or throws OUT_OF_MEMORY (53200) that names the owner and the limit.
    void grow(long bytes);

    /// Gives `bytes` back.
    void shrink(long bytes);

    /// Returns the bytes held now.
    long reservedBytes();

    /// Gives everything back; idempotent.
    @Override
    void close();
}
