package io.neuralake.connector.parquet.write;

import io.neuralake.spi.statistics.DistinctSketch;
import io.neuralake.spi.statistics.ValueHash;

import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.BooleanStatistics;
import org.apache.parquet.column.statistics.IntStatistics;
import org.apache.parquet.column.statistics.LongStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForInteger;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Encodes numbers of up to 64 bits and truth values.
final class LongEncoder extends ChunkEncoder {
    private static final int MINI_BLOCKS = 4;
    private static final int BLOCK_VALUES = MINI_BLOCKS * MINI_BLOCK_VALUES;
    private static final int SLAB = 1 << 14;
    private static final int PAGE_BYTES = 1 << 20;

    private final PrimitiveTypeName type;
    private final int width;
    private final LongDictionary dictionary = new LongDictionary();

    LongEncoder(LeafBuffer leaf, @Nullable DistinctSketch sketch) {
        super(leaf, sketch);
        this.type = leaf.descriptor.getPrimitiveType().getPrimitiveTypeName();
        this.width =
                type == PrimitiveTypeName.INT32 || type == PrimitiveTypeName.FLOAT
                        ? Integer.BYTES
                        : Long.BYTES;
    }

    @Override
    int[] sortDictionary(LeafValues values) {
        return dictionary.sort(
                switch (type) {
                    case DOUBLE -> Long.MAX_VALUE;
                    case FLOAT -> Integer.MAX_VALUE;
                    default -> 0;
                });
    }

    private boolean isInteger() {
        return type == PrimitiveTypeName.INT32 || type == PrimitiveTypeName.INT64;
    }

    @Override
    int makeDictionary(LeafValues values) {
        long[] numbers = ((LongValues) values).values;
        int count = values.count;
        if (type == PrimitiveTypeName.BOOLEAN) {
            return -1;
        }
        dictionary.clear();
        int most = MAX_DICTIONARY_BYTES / width;
        int sample = Math.min(count, SAMPLE);
        if (!dictionary.encode(numbers, 0, sample, codes, most) || !isWorth(numbers, sample)) {
            return -1;
        }
        boolean all = dictionary.encode(numbers, sample, count, codes, most);
        return all && (count == sample || isSmaller(count)) ? dictionary.size() : -1;
    }

    /// Tells whether packed differences are not clearly smaller than codes, the dictionary aside: dates and
    /// small numbers keep theirs, with which filters are quick; keys in order do not.
    private boolean isWorth(long[] numbers, int count) {
        if (!isSmaller(count)) {
            return false;
        }
        if (!isInteger()) {
            return true;
        }
        DeltaSize deltas = new DeltaSize();
        for (int i = 0; i < count; i++) {
            deltas.add(numbers[i]);
        }
        return deltas.bytes() * 4 > codeBytes(count, dictionary.size()) * 3;
    }

    private boolean isSmaller(int count) {
        long dictionaryBytes = (long) dictionary.size() * width;
        return codeBytes(count, dictionary.size()) + dictionaryBytes < (long) count * width;
    }

    @Override
    byte[] dictionary(LeafValues values) {
        return bytes(dictionary.entries(), 0, dictionary.size());
    }

    @Override
    void count(LeafValues values, int dictionarySize, DistinctSketch into) {
        long[] numbers = dictionarySize < 0 ? ((LongValues) values).values : dictionary.entries();
        int count = dictionarySize < 0 ? values.count : dictionarySize;
        for (int i = 0; i < count; i++) {
            into.add(
                    isFloating()
                            ? ValueHash.hash(floating(numbers[i]))
                            : ValueHash.hash(numbers[i]));
        }
    }

    private boolean isFloating() {
        return type == PrimitiveTypeName.FLOAT || type == PrimitiveTypeName.DOUBLE;
    }

    private double floating(long bits) {
        return type == PrimitiveTypeName.FLOAT
                ? Float.intBitsToFloat((int) bits)
                : Double.longBitsToDouble(bits);
    }

    @Override
    Encoding encoding() {
        return isInteger() ? Encoding.DELTA_BINARY_PACKED : Encoding.PLAIN;
    }

    @Override
    BytesInput plain(LeafValues values, int from, int to) throws java.io.IOException {
        long[] numbers = ((LongValues) values).values;
        return switch (type) {
            case INT32 -> {
                try (DeltaBinaryPackingValuesWriterForInteger deltas =
                        new DeltaBinaryPackingValuesWriterForInteger(
                                BLOCK_VALUES, MINI_BLOCKS, SLAB, PAGE_BYTES, HEAP)) {
                    for (int i = from; i < to; i++) {
                        deltas.writeInteger((int) numbers[i]);
                    }
                    yield copy(deltas.getBytes());
                }
            }
            case INT64 -> {
                try (DeltaBinaryPackingValuesWriterForLong deltas =
                        new DeltaBinaryPackingValuesWriterForLong(
                                BLOCK_VALUES, MINI_BLOCKS, SLAB, PAGE_BYTES, HEAP)) {
                    for (int i = from; i < to; i++) {
                        deltas.writeLong(numbers[i]);
                    }
                    yield copy(deltas.getBytes());
                }
            }
            case BOOLEAN -> BytesInput.from(bits(numbers, from, to));
            default -> BytesInput.from(bytes(numbers, from, to));
        };
    }

    private static byte[] bits(long[] numbers, int from, int to) {
        byte[] bits = new byte[(to - from + 7) / Byte.SIZE];
        for (int i = from; i < to; i++) {
            bits[i - from >>> 3] |= (byte) (numbers[i] << (i - from & 7));
        }
        return bits;
    }

    private byte[] bytes(long[] numbers, int from, int to) {
        ByteBuffer bytes = ByteBuffer.allocate((to - from) * width).order(ByteOrder.LITTLE_ENDIAN);
        if (width == Long.BYTES) {
            bytes.asLongBuffer().put(numbers, from, to - from);
        } else {
            for (int i = from; i < to; i++) {
                bytes.putInt((int) numbers[i]);
            }
        }
        return bytes.array();
    }

    @Override
    long rawBytes(LeafValues values, int from, int to) {
        return (long) (to - from) * width;
    }

    @Override
    void note(LeafValues values, int from, int to, Statistics<?> into) {
        long[] numbers = ((LongValues) values).values;
        if (from == to) {
            return;
        }
        switch (into) {
            case IntStatistics integers -> {
                long minimum = least(numbers, from, to);
                integers.updateStats((int) minimum);
                integers.updateStats((int) greatest(numbers, from, to));
            }
            case LongStatistics longs -> {
                longs.updateStats(least(numbers, from, to));
                longs.updateStats(greatest(numbers, from, to));
            }
            case BooleanStatistics booleans -> {
                booleans.updateStats(least(numbers, from, to) == 1);
                booleans.updateStats(greatest(numbers, from, to) == 1);
            }
            default -> noteFloating(numbers, from, to, into);
        }
    }

    /// Each NaN is noted, since they are counted; of the others the bounds, which may be zeros of both signs.
    private void noteFloating(long[] numbers, int from, int to, Statistics<?> into) {
        double least = Double.POSITIVE_INFINITY;
        double greatest = Double.NEGATIVE_INFINITY;
        boolean any = false;
        for (int i = from; i < to; i++) {
            double value = floating(numbers[i]);
            if (Double.isNaN(value)) {
                update(into, value);
            } else {
                least = Math.min(least, value);
                greatest = Math.max(greatest, value);
                any = true;
            }
        }
        if (any) {
            update(into, least);
            update(into, greatest);
        }
    }

    private void update(Statistics<?> statistics, double value) {
        if (type == PrimitiveTypeName.FLOAT) {
            statistics.updateStats((float) value);
        } else {
            statistics.updateStats(value);
        }
    }

    private static long least(long[] numbers, int from, int to) {
        long least = numbers[from];
        for (int i = from + 1; i < to; i++) {
            least = Math.min(least, numbers[i]);
        }
        return least;
    }

    private static long greatest(long[] numbers, int from, int to) {
        long greatest = numbers[from];
        for (int i = from + 1; i < to; i++) {
            greatest = Math.max(greatest, numbers[i]);
        }
        return greatest;
    }
}
