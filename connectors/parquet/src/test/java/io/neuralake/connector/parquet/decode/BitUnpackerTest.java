package io.neuralake.connector.parquet.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.connector.parquet.decode.vector.NarrowBitUnpacker;
import io.neuralake.connector.parquet.decode.vector.WideBitUnpacker;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;

class BitUnpackerTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 15, 16, 17, 63, 64, 65, 1024})
    void scalarAndVectorUnpackEveryWidthAndOffset(int count) {
        Random random = new Random(count);
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = new byte[count * 4 + 80];
            random.nextBytes(bytes);
            MemorySegment source = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            for (int width = 1; width <= 32; width++) {
                for (int start = 0; start < 8; start++) {
                    int[] expected = expected(bytes, start, width, count);
                    assertThat(unpack(new ScalarBitUnpacker(), arena, source, start, width, count))
                            .isEqualTo(expected);
                    assertThat(unpack(new NarrowBitUnpacker(), arena, source, start, width, count))
                            .isEqualTo(expected);
                    assertThat(unpack(new WideBitUnpacker(), arena, source, start, width, count))
                            .isEqualTo(expected);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 15, 16, 17, 32, 65, 128, 1000})
    void scalarAndVectorSumEveryWidthAndOffset(int count) {
        Random random = new Random(count);
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = new byte[count * 4 + 80];
            random.nextBytes(bytes);
            MemorySegment source = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            for (BitUnpacker unpacker :
                    List.of(
                            new ScalarBitUnpacker(),
                            new NarrowBitUnpacker(),
                            new WideBitUnpacker())) {
                for (int width = 1; width <= 25; width++) {
                    sums(unpacker, arena, source, random, width, expected(bytes, 3, width, count));
                }
            }
        }
    }

    private static void sums(
            BitUnpacker unpacker,
            Arena arena,
            MemorySegment source,
            Random random,
            int width,
            int[] differences) {
        int count = differences.length;
        long minimum = random.nextLong() >> random.nextInt(64);
        long previous = random.nextLong() >> random.nextInt(64);
        long[] values = new long[count];
        long sum = previous;
        for (int i = 0; i < count; i++) {
            sum += differences[i] + minimum;
            values[i] = sum;
        }
        MemorySegment target = arena.allocate(8L * count + 16, 8);
        assertThat(unpacker.prefixSumLongs(source, 3, width, count, minimum, previous, target, 8))
                .isEqualTo(sum);
        for (int i = 0; i < count; i++) {
            assertThat(target.getAtIndex(ValueLayout.JAVA_LONG, i + 1)).isEqualTo(values[i]);
        }
        target.fill((byte) 0);
        assertThat(
                        (int)
                                unpacker.prefixSumInts(
                                        source, 3, width, count, minimum, previous, target, 4))
                .isEqualTo((int) sum);
        for (int i = 0; i < count; i++) {
            assertThat(target.getAtIndex(ValueLayout.JAVA_INT, i + 1)).isEqualTo((int) values[i]);
        }
        assertThat(target.getAtIndex(ValueLayout.JAVA_INT, count + 1)).as("behind").isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 16, 17, 100})
    void scalarAndVectorFindValuesOutside(int count) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(4L * count + 4);
            for (BitUnpacker unpacker :
                    List.of(
                            new ScalarBitUnpacker(),
                            new NarrowBitUnpacker(),
                            new WideBitUnpacker())) {
                for (int limit : new int[] {1, 50, Integer.MAX_VALUE}) {
                    for (int i = 1; i <= count; i++) {
                        values.setAtIndex(ValueLayout.JAVA_INT, i, (i * 7) % limit);
                    }
                    assertThat(unpacker.areBelow(limit, values, 4, count)).isTrue();
                    for (int i = 1; i <= count; i++) {
                        int before = values.getAtIndex(ValueLayout.JAVA_INT, i);
                        for (int wrong : new int[] {limit, -1, Integer.MIN_VALUE}) {
                            values.setAtIndex(ValueLayout.JAVA_INT, i, wrong);
                            assertThat(unpacker.areBelow(limit, values, 4, count)).isFalse();
                        }
                        values.setAtIndex(ValueLayout.JAVA_INT, i, before);
                    }
                }
                assertThat(unpacker.areBelow(0, values, 4, count)).isEqualTo(count == 0);
            }
        }
    }

    private static int[] unpack(
            BitUnpacker unpacker,
            Arena arena,
            MemorySegment source,
            int bit,
            int width,
            int count) {
        MemorySegment target = arena.allocate(4L * count + 4);
        unpacker.unpack(source, bit, width, count, target, 4);
        int[] values = new int[count];
        MemorySegment.copy(target, ValueLayout.JAVA_INT, 4, values, 0, count);
        return values;
    }

    private static int[] expected(byte[] bytes, int bit, int width, int count) {
        byte[] bigEndian = new byte[bytes.length + 1];
        for (int i = 0; i < bytes.length; i++) {
            bigEndian[bytes.length - i] = bytes[i];
        }
        BigInteger all = new BigInteger(bigEndian);
        BigInteger mask = BigInteger.ONE.shiftLeft(width).subtract(BigInteger.ONE);
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = all.shiftRight(bit + i * width).and(mask).intValue();
        }
        return values;
    }
}
