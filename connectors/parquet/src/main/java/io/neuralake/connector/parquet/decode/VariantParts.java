package io.neuralake.connector.parquet.decode;

import io.neuralake.spi.memory.MemoryReservation;

import java.util.Set;

/// What the fields of one shredded variant share.
///
/// @param printer writes what is not shredded to `out`, by the names of `keys`
/// @param reservation counts the memory
/// @param nanos leaves that hold timestamps in nanoseconds
record VariantParts(
        VariantPrinter printer,
        VariantKeys keys,
        JsonText out,
        MemoryReservation reservation,
        Set<Integer> nanos) {}
