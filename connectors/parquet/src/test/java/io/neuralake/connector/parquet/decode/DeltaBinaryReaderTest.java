package io.neuralake.connector.parquet.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.page.Slice;

import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForInteger;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;

class DeltaBinaryReaderTest {
    private static final int COUNT = 1000;

    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void free() {
        arena.close();
    }

    private Slice slice(byte[] bytes) {
        MemorySegment memory = arena.allocate(bytes.length + Slice.SLACK);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return new Slice(memory, bytes.length);
    }

    private static byte[] encode(long[] values) throws IOException {
        try (var writer =
                new DeltaBinaryPackingValuesWriterForLong(
                        1024, 1 << 20, HeapByteBufferAllocator.getInstance())) {
            for (long value : values) {
                writer.writeLong(value);
            }
            return writer.getBytes().toByteArray();
        }
    }

    private static byte[] encode(int[] values) throws IOException {
        try (var writer =
                new DeltaBinaryPackingValuesWriterForInteger(
                        1024, 1 << 20, HeapByteBufferAllocator.getInstance())) {
            for (int value : values) {
                writer.writeInteger(value);
            }
            return writer.getBytes().toByteArray();
        }
    }

    /// Values whose differences need about so many bits; 64 wraps.
    private static long[] values(int bits, Random random) {
        long[] values = new long[COUNT];
        long value = random.nextLong();
        for (int i = 0; i < COUNT; i++) {
            values[i] = value;
            value += bits == 0 ? 7 : random.nextLong() >> (64 - bits);
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 8, 25, 31, 32, 33, 56, 57, 58, 59, 63, 64})
    void readsAndSkipsLongsOfAllWidths(int bits) throws IOException {
        Random random = new Random(bits);
        long[] values = values(bits, random);
        MemorySegment target = arena.allocate(8L * COUNT + 8);
        DeltaBinaryReader reader = new DeltaBinaryReader(slice(encode(values)), 0, COUNT);
        assertThat(reader.total()).isEqualTo(COUNT);
        for (int at = 0; at < COUNT; ) {
            int count = Math.min(random.nextInt(90), COUNT - at);
            if (random.nextBoolean()) {
                reader.readLongs(count, target, 8);
                assertThat(target.asSlice(8, 8L * count).toArray(ValueLayout.JAVA_LONG))
                        .isEqualTo(Arrays.copyOfRange(values, at, at + count));
            } else {
                reader.skip(count);
            }
            at += count;
        }
        assertThatThrownBy(() -> reader.readLongs(1, target, 0)).isInstanceOf(CorruptFile.class);
        assertThatThrownBy(() -> reader.skip(1)).isInstanceOf(CorruptFile.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 12, 31, 32})
    void readsIntegersOfAllWidths(int bits) throws IOException {
        Random random = new Random(bits);
        int[] values = Arrays.stream(values(bits, random)).mapToInt(v -> (int) v).toArray();
        MemorySegment target = arena.allocate(4L * COUNT + 4);
        DeltaBinaryReader reader = new DeltaBinaryReader(slice(encode(values)), 0, COUNT);
        for (int at = 0; at < COUNT; ) {
            int count = Math.min(random.nextInt(90), COUNT - at);
            reader.readInts(count, target, 4);
            assertThat(target.asSlice(4, 4L * count).toArray(ValueLayout.JAVA_INT))
                    .isEqualTo(Arrays.copyOfRange(values, at, at + count));
            at += count;
        }
    }

    @Test
    void readsLengths() throws IOException {
        int[] values = new Random(3).ints(COUNT, 0, 5000).toArray();
        DeltaBinaryReader reader = new DeltaBinaryReader(slice(encode(values)), 0, COUNT);
        int[] lengths = new int[COUNT];
        reader.readLengths(COUNT, lengths);
        assertThat(lengths).isEqualTo(values);
    }

    @Test
    void refusesNegativeLengths() throws IOException {
        Slice data = slice(encode(new int[] {3, 4, -1, 7}));
        DeltaBinaryReader reader = new DeltaBinaryReader(data, 0, 4);
        assertThatThrownBy(() -> reader.readLengths(4, new int[4])).isInstanceOf(CorruptFile.class);
    }

    @Test
    void refusesASectionThatIsCutAnywhere() throws IOException {
        byte[] whole = encode(values(20, new Random(5)));
        MemorySegment target = arena.allocate(8L * COUNT);
        // Padding behind the last value may be missing: 25 values of 20 bits.
        for (int length = 0; length < whole.length - 64; length += 3) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(
                            () ->
                                    new DeltaBinaryReader(slice(cut), 0, COUNT)
                                            .readLongs(COUNT, target, 0))
                    .isInstanceOf(CorruptFile.class);
        }
    }

    @Test
    void findsTheEndOfTheSection() throws IOException {
        byte[] first = encode(values(9, new Random(6)));
        byte[] both = Arrays.copyOf(first, first.length + 5);
        assertThat(new DeltaBinaryReader(slice(both), 0, COUNT).sectionEnd())
                .isEqualTo(first.length);
    }
}
