package io.neuralake.exec.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.kernel.vector.VectorArithmeticKernels;
import io.neuralake.exec.kernel.vector.VectorByteSearchKernels;
import io.neuralake.exec.kernel.vector.VectorComparisonKernels;
import io.neuralake.spi.batch.Bitmap;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

class ComparisonKernelsTest {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
    private static final long SEED = 20261123;
    private static final double[] DOUBLES = {
        0.0,
        -0.0,
        1.5,
        -1.5,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.MIN_VALUE,
        Double.MAX_VALUE
    };
    private static final long[] LONGS = {0, 1, -1, 7, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40};

    static Stream<Arguments> sizes() {
        return Stream.of(0, 1, 7, 8, 9, 63, 64, 65, 127, 128, 1023, 1024, 1025)
                .flatMap(
                        rows ->
                                Stream.of(
                                                new ScalarComparisonKernels(),
                                                new VectorComparisonKernels())
                                        .map(kernels -> Arguments.of(rows, kernels)));
    }

    private static MemorySegment candidates(Arena arena, int rows, Random random) {
        MemorySegment bits = arena.allocate(Math.max(8, Bitmap.bytes(rows)), 64);
        for (int i = 0; i < rows; i++) {
            Bitmap.set(bits, i, i / 64 % 3 != 1 && random.nextInt(4) != 0);
        }
        return bits;
    }

    private static boolean[] read(MemorySegment bits, int rows) {
        boolean[] values = new boolean[rows];
        for (int i = 0; i < rows; i++) {
            values[i] = Bitmap.get(bits, i);
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void comparesInt64AndInt32(int rows, ComparisonKernels kernels) {
        Random random = new Random(SEED);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment l = arena.allocate(8L * rows + 64, 64);
            MemorySegment r = arena.allocate(8L * rows + 64, 64);
            MemorySegment li = arena.allocate(4L * rows + 64, 64);
            MemorySegment ri = arena.allocate(4L * rows + 64, 64);
            for (int i = 0; i < rows; i++) {
                l.set(LONG, 8L * i, LONGS[random.nextInt(LONGS.length)]);
                r.set(LONG, 8L * i, LONGS[random.nextInt(LONGS.length)]);
                li.set(INT, 4L * i, (int) l.get(LONG, 8L * i));
                ri.set(INT, 4L * i, (int) r.get(LONG, 8L * i));
            }
            for (Comparison comparison : Comparison.values()) {
                boolean[] pairs = new boolean[rows];
                boolean[] intPairs = new boolean[rows];
                MemorySegment bits = candidates(arena, rows, random);
                MemorySegment intBits = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes(bits));
                for (int i = 0; i < rows; i++) {
                    boolean counts = Bitmap.get(bits, i);
                    pairs[i] =
                            counts
                                    && comparison.test(
                                            Long.compare(l.get(LONG, 8L * i), r.get(LONG, 8L * i)));
                    intPairs[i] =
                            counts
                                    && comparison.test(
                                            Integer.compare(
                                                    li.get(INT, 4L * i), ri.get(INT, 4L * i)));
                }
                kernels.int64(comparison, l, r, rows, bits);
                assertThat(read(bits, rows)).as("%s", comparison).isEqualTo(pairs);
                kernels.int32(comparison, li, ri, rows, intBits);
                assertThat(read(intBits, rows)).as("%s", comparison).isEqualTo(intPairs);
                for (long constant : LONGS) {
                    bits = candidates(arena, rows, random);
                    boolean[] expected = new boolean[rows];
                    for (int i = 0; i < rows; i++) {
                        expected[i] =
                                Bitmap.get(bits, i)
                                        && comparison.test(
                                                Long.compare(l.get(LONG, 8L * i), constant));
                    }
                    kernels.int64(comparison, l, constant, rows, bits);
                    assertThat(read(bits, rows)).isEqualTo(expected);
                    bits = candidates(arena, rows, random);
                    for (int i = 0; i < rows; i++) {
                        expected[i] =
                                Bitmap.get(bits, i)
                                        && comparison.test(
                                                Integer.compare(
                                                        li.get(INT, 4L * i), (int) constant));
                    }
                    kernels.int32(comparison, li, (int) constant, rows, bits);
                    assertThat(read(bits, rows)).isEqualTo(expected);
                }
            }
        }
    }

    private static byte[] bytes(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_BYTE);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void ordersDoublesWithNanLast(int rows, ComparisonKernels kernels) {
        Random random = new Random(SEED);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment l = arena.allocate(8L * rows + 64, 64);
            MemorySegment r = arena.allocate(8L * rows + 64, 64);
            for (int i = 0; i < rows; i++) {
                l.set(DOUBLE, 8L * i, DOUBLES[random.nextInt(DOUBLES.length)]);
                r.set(DOUBLE, 8L * i, DOUBLES[random.nextInt(DOUBLES.length)]);
            }
            for (Comparison comparison : Comparison.values()) {
                MemorySegment bits = candidates(arena, rows, random);
                boolean[] expected = new boolean[rows];
                for (int i = 0; i < rows; i++) {
                    expected[i] =
                            Bitmap.get(bits, i)
                                    && comparison.test(
                                            compare(l.get(DOUBLE, 8L * i), r.get(DOUBLE, 8L * i)));
                }
                kernels.float64(comparison, l, r, rows, bits);
                assertThat(read(bits, rows)).as("%s", comparison).isEqualTo(expected);
                for (double constant : DOUBLES) {
                    bits = candidates(arena, rows, random);
                    for (int i = 0; i < rows; i++) {
                        expected[i] =
                                Bitmap.get(bits, i)
                                        && comparison.test(
                                                compare(l.get(DOUBLE, 8L * i), constant));
                    }
                    kernels.float64(comparison, l, constant, rows, bits);
                    assertThat(read(bits, rows))
                            .as("%s %s", comparison, constant)
                            .isEqualTo(expected);
                }
            }
        }
    }

    /// Compares as SQL does: NaN last, zeros equal.
    private static int compare(double a, double b) {
        return Double.compare(a + 0.0, b + 0.0);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void computesAlike(int rows, ComparisonKernels ignored) {
        Random random = new Random(SEED);
        ArithmeticKernels scalar = new ScalarArithmeticKernels();
        ArithmeticKernels vector = new VectorArithmeticKernels();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment l = arena.allocate(8L * rows + 64, 64);
            MemorySegment r = arena.allocate(8L * rows + 64, 64);
            MemorySegment a = arena.allocate(8L * rows, 64);
            MemorySegment b = arena.allocate(8L * rows, 64);
            for (boolean extreme : List.of(false, true)) {
                for (int i = 0; i < rows; i++) {
                    l.set(LONG, 8L * i, extreme ? LONGS[i % LONGS.length] : random.nextInt());
                    r.set(LONG, 8L * i, extreme ? LONGS[i / 2 % LONGS.length] : random.nextInt());
                }
                boolean overflow = scalar.addInt64(l, r, rows, a) < 0;
                assertThat(vector.addInt64(l, r, rows, b) < 0).isEqualTo(overflow);
                assertThat(bytes(b)).isEqualTo(bytes(a));
                overflow = scalar.subtractInt64(l, r, rows, a) < 0;
                assertThat(vector.subtractInt64(l, r, rows, b) < 0).isEqualTo(overflow);
                assertThat(bytes(b)).isEqualTo(bytes(a));
                overflow = scalar.addInt64(l, 5, rows, a) < 0;
                assertThat(vector.addInt64(l, 5, rows, b) < 0).isEqualTo(overflow);
                assertThat(bytes(b)).isEqualTo(bytes(a));
                overflow = scalar.subtractInt64(5, r, rows, a) < 0;
                assertThat(vector.subtractInt64(5, r, rows, b) < 0).isEqualTo(overflow);
                assertThat(bytes(b)).isEqualTo(bytes(a));
                scalar.multiplyInt64(l, r, rows, a);
                vector.multiplyInt64(l, r, rows, b);
                assertThat(bytes(b)).isEqualTo(bytes(a));
                scalar.multiplyFloat64(l, 1.5, rows, a);
                vector.multiplyFloat64(l, 1.5, rows, b);
                assertThat(doubles(b)).containsExactly(doubles(a));
                scalar.subtractFloat64(l, r, rows, a);
                vector.subtractFloat64(l, r, rows, b);
                assertThat(doubles(b)).containsExactly(doubles(a));
            }
        }
    }

    private static double[] doubles(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_DOUBLE);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void findsBytes(int length, ComparisonKernels ignored) {
        byte[] text = "ab".repeat(length).substring(0, length).getBytes(StandardCharsets.UTF_8);
        if (length > 8) {
            text[length - 3] = 'x';
            text[length - 1] = 'y';
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(Math.max(1, length));
            MemorySegment.copy(text, 0, memory, ValueLayout.JAVA_BYTE, 0, length);
            long from = memory.address();
            for (String needle : List.of("", "a", "x", "ba", "xby", "xay", "y", "abab", "zz")) {
                byte[] bytes = needle.getBytes(StandardCharsets.UTF_8);
                int at = new String(text, StandardCharsets.UTF_8).indexOf(needle);
                long expected = at < 0 ? -1 : from + at;
                assertThat(new ScalarByteSearchKernels().find(from, from + length, bytes))
                        .isEqualTo(expected);
                assertThat(new VectorByteSearchKernels().find(from, from + length, bytes))
                        .as(needle)
                        .isEqualTo(expected);
            }
        }
    }
}
