package io.neuralake.connector.parquet.write;

import io.neuralake.spi.statistics.DistinctSketch;
import io.neuralake.spi.statistics.ValueHash;

import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForInteger;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;

/// Encodes texts and bytes.
final class TextEncoder extends ChunkEncoder {
    private static final int BLOCK_VALUES = 128;
    private static final int MINI_BLOCKS = 4;
    private static final int SLAB = 1 << 14;
    private static final int PAGE_BYTES = 1 << 20;

    private final TextDictionary dictionary = new TextDictionary();
    private int dictionarySize;

    TextEncoder(LeafBuffer leaf, @Nullable DistinctSketch sketch) {
        super(leaf, sketch);
    }

    @Override
    int makeDictionary(LeafValues values) {
        TextValues texts = (TextValues) values;
        dictionary.clear();
        dictionarySize = -1;
        int sample = Math.min(texts.count, SAMPLE);
        if (dictionary.encode(texts, 0, sample, codes, MAX_DICTIONARY_BYTES)
                && isWorth(texts, sample)
                && dictionary.encode(texts, sample, texts.count, codes, MAX_DICTIONARY_BYTES)
                && isWorth(texts, texts.count)) {
            dictionarySize = dictionary.size();
        }
        return dictionarySize;
    }

    @Override
    int[] sortDictionary(LeafValues values) {
        return dictionary.sort((TextValues) values);
    }

    private boolean isWorth(TextValues texts, int count) {
        return codeBytes(count, dictionary.size()) + dictionary.bytes() < rawBytes(texts, 0, count);
    }

    @Override
    byte[] dictionary(LeafValues values) {
        TextValues texts = (TextValues) values;
        ByteBuffer bytes =
                ByteBuffer.allocate((int) dictionary.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < dictionary.size(); i++) {
            int entry = dictionary.entry(i);
            bytes.putInt(texts.length(entry));
            bytes.put(texts.heap, texts.starts[entry], texts.length(entry));
        }
        return bytes.array();
    }

    @Override
    void count(LeafValues values, int size, DistinctSketch into) {
        TextValues texts = (TextValues) values;
        MemorySegment heap = MemorySegment.ofArray(texts.heap);
        int count = size < 0 ? values.count : size;
        for (int i = 0; i < count; i++) {
            int index = size < 0 ? i : dictionary.entry(i);
            into.add(ValueHash.hash(heap, texts.starts[index], texts.length(index)));
        }
    }

    @Override
    Encoding encoding() {
        return Encoding.DELTA_LENGTH_BYTE_ARRAY;
    }

    @Override
    BytesInput plain(LeafValues values, int from, int to) throws IOException {
        TextValues texts = (TextValues) values;
        try (DeltaBinaryPackingValuesWriterForInteger lengths =
                new DeltaBinaryPackingValuesWriterForInteger(
                        BLOCK_VALUES, MINI_BLOCKS, SLAB, PAGE_BYTES, HEAP)) {
            for (int i = from; i < to; i++) {
                lengths.writeInteger(texts.length(i));
            }
            int start = texts.starts[from];
            return BytesInput.concat(
                    copy(lengths.getBytes()),
                    BytesInput.from(texts.heap, start, texts.starts[to] - start));
        }
    }

    @Override
    long rawBytes(LeafValues values, int from, int to) {
        TextValues texts = (TextValues) values;
        return texts.starts[to] - texts.starts[from] + (long) (to - from) * Integer.BYTES;
    }

    @Override
    void note(LeafValues values, int from, int to, Statistics<?> into) {
        if (from == to) {
            return;
        }
        TextValues texts = (TextValues) values;
        int least = from;
        int greatest = from;
        BitSet seen = new BitSet(Math.max(0, dictionarySize));
        for (int i = from + 1; i < to; i++) {
            if (dictionarySize >= 0) {
                if (seen.get(codes[i])) {
                    continue;
                }
                seen.set(codes[i]);
            }
            least = texts.compare(i, least) < 0 ? i : least;
            greatest = texts.compare(i, greatest) > 0 ? i : greatest;
        }
        into.updateStats(binary(texts, least));
        into.updateStats(binary(texts, greatest));
    }

    private static Binary binary(TextValues texts, int index) {
        byte[] copy = new byte[texts.length(index)];
        System.arraycopy(texts.heap, texts.starts[index], copy, 0, copy.length);
        return Binary.fromConstantByteArray(copy);
    }
}
