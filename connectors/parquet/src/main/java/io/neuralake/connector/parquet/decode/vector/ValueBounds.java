package io.neuralake.connector.parquet.decode.vector;

import io.neuralake.connector.parquet.decode.ScalarBitUnpacker;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/// Checks unpacked values.
final class ValueBounds {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

    private ValueBounds() {}

    static boolean areBelow(int limit, MemorySegment values, long offset, int count) {
        int whole = INTS.loopBound(count);
        IntVector largest = IntVector.broadcast(INTS, limit - 1);
        IntVector worst = IntVector.zero(INTS);
        for (int i = 0; i < whole; i += INTS.length()) {
            IntVector value =
                    IntVector.fromMemorySegment(
                            INTS, values, offset + 4L * i, ByteOrder.LITTLE_ENDIAN);
            // One of them is negative when the value is outside.
            worst = worst.or(value).or(largest.sub(value));
        }
        return worst.reduceLanes(VectorOperators.OR) >= 0
                && ScalarBitUnpacker.areBelowScalar(
                        limit, values, offset + 4L * whole, count - whole);
    }
}
