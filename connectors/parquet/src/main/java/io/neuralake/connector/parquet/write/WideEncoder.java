package io.neuralake.connector.parquet.write;

import io.neuralake.spi.statistics.DistinctSketch;
import io.neuralake.spi.statistics.ValueHash;

import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/// Encodes decimals of 128 bits as 16 bytes each, the highest first.
final class WideEncoder extends ChunkEncoder {
    WideEncoder(LeafBuffer leaf, @Nullable DistinctSketch sketch) {
        super(leaf, sketch);
    }

    @Override
    int makeDictionary(LeafValues values) {
        return -1;
    }

    @Override
    int[] sortDictionary(LeafValues values) {
        throw new IllegalStateException("Has no dictionary");
    }

    @Override
    byte[] dictionary(LeafValues values) {
        throw new IllegalStateException("Has no dictionary");
    }

    @Override
    void count(LeafValues values, int dictionarySize, DistinctSketch into) {
        long[] halves = ((WideValues) values).halves;
        for (int i = 0; i < values.count; i++) {
            into.add(ValueHash.hash(halves[2 * i], halves[2 * i + 1]));
        }
    }

    @Override
    Encoding encoding() {
        return Encoding.PLAIN;
    }

    @Override
    BytesInput plain(LeafValues values, int from, int to) {
        ByteBuffer bytes = ByteBuffer.allocate((to - from) * ParquetTypes.LONG_DECIMAL_BYTES);
        bytes.asLongBuffer().put(((WideValues) values).halves, 2 * from, 2 * (to - from));
        return BytesInput.from(bytes.array());
    }

    @Override
    long rawBytes(LeafValues values, int from, int to) {
        return (long) (to - from) * ParquetTypes.LONG_DECIMAL_BYTES;
    }

    @Override
    void note(LeafValues values, int from, int to, Statistics<?> into) {
        if (from == to) {
            return;
        }
        long[] halves = ((WideValues) values).halves;
        int least = from;
        int greatest = from;
        for (int i = from + 1; i < to; i++) {
            least = compare(halves, i, least) < 0 ? i : least;
            greatest = compare(halves, i, greatest) > 0 ? i : greatest;
        }
        into.updateStats(binary(halves, least));
        into.updateStats(binary(halves, greatest));
    }

    private static int compare(long[] halves, int left, int right) {
        int high = Long.compare(halves[2 * left], halves[2 * right]);
        return high != 0 ? high : Long.compareUnsigned(halves[2 * left + 1], halves[2 * right + 1]);
    }

    private static Binary binary(long[] halves, int index) {
        return Binary.fromConstantByteArray(
                ByteBuffer.allocate(ParquetTypes.LONG_DECIMAL_BYTES)
                        .putLong(halves[2 * index])
                        .putLong(halves[2 * index + 1])
                        .array());
    }
}
