package io.neuralake.exec.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.kernel.vector.VectorCodeKernels;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.memory.NativeMemory;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

class CodeKernelsTest {
    private static final long SEED = 20261130;
    private static final int[] ROWS = {0, 1, 8, 63, 64, 65, 200, 1024};

    static Stream<Arguments> dictionaries() {
        return Stream.of(
                        1, 5, 31, 32, 33, 50, 256, 257, 512, 513, 1024, 1025, 2526, 4096, 4097,
                        65536)
                .flatMap(
                        size ->
                                Stream.of(new ScalarCodeKernels(), new VectorCodeKernels())
                                        .map(kernels -> Arguments.of(size, kernels)));
    }

    /// Returns sets of all forms.
    private static List<BitSet> sets(int size, Random random) {
        BitSet all = new BitSet();
        all.set(0, size);
        BitSet range = new BitSet();
        range.set(size / 3, size / 2 + 1);
        BitSet one = new BitSet();
        one.set(random.nextInt(size));
        BitSet some = new BitSet();
        for (int i = 0; i < size; i++) {
            some.set(i, random.nextInt(3) == 0);
        }
        return List.of(all, new BitSet(), range, one, some);
    }

    @ParameterizedTest
    @MethodSource("dictionaries")
    void narrowsToTheCodesOfASet(int size, CodeKernels kernels) {
        Random random = new Random(SEED);
        CodeSet set = new CodeSet();
        try (Arena arena = Arena.ofConfined()) {
            for (BitSet codes : sets(size, random)) {
                MemorySegment passing = arena.allocate(Bitmap.bytes(size) + 8, 64);
                // What lies behind the last code says nothing.
                passing.fill((byte) -1);
                for (int i = 0; i < size; i++) {
                    Bitmap.set(passing, i, codes.get(i));
                }
                set.set(passing, size);
                assertThat(set.count()).isEqualTo(codes.cardinality());
                for (int rows : ROWS) {
                    check(arena, kernels, set, codes, rows, random);
                }
            }
        }
    }

    private static void check(
            Arena arena, CodeKernels kernels, CodeSet set, BitSet codes, int rows, Random random) {
        MemorySegment column = arena.allocate(4L * rows + 8, 64);
        MemorySegment bits = arena.allocate(Bitmap.bytes(rows) + 8, 64);
        BitSet expected = new BitSet();
        for (int i = 0; i < rows; i++) {
            int code = random.nextInt(set.size());
            NativeMemory.setInt(column, 4L * i, code);
            boolean candidate = i / 64 % 3 != 1 && random.nextInt(4) != 0;
            Bitmap.set(bits, i, candidate);
            expected.set(i, candidate && codes.get(code));
        }
        kernels.narrow(column, rows, set, bits);
        assertThat(found(bits, rows)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("dictionaries")
    void comparesWhatCodesStandFor(int size, CodeKernels kernels) {
        Random random = new Random(SEED);
        int[] left = random.ints(size, -3, 4).toArray();
        int[] right = random.ints(size + 1, -3, 4).toArray();
        left[0] = Integer.MIN_VALUE;
        right[size] = Integer.MAX_VALUE;
        try (Arena arena = Arena.ofConfined()) {
            for (int rows : ROWS) {
                MemorySegment leftCodes = arena.allocate(4L * rows + 8, 64);
                MemorySegment rightCodes = arena.allocate(4L * rows + 8, 64);
                for (int i = 0; i < rows; i++) {
                    NativeMemory.setInt(leftCodes, 4L * i, random.nextInt(size));
                    NativeMemory.setInt(rightCodes, 4L * i, random.nextInt(size + 1));
                }
                for (Comparison comparison : Comparison.values()) {
                    MemorySegment bits = arena.allocate(Bitmap.bytes(rows) + 8, 64);
                    BitSet expected = new BitSet();
                    for (int i = 0; i < rows; i++) {
                        boolean candidate = i / 64 % 3 != 1 && random.nextInt(4) != 0;
                        Bitmap.set(bits, i, candidate);
                        int l = left[NativeMemory.getInt(leftCodes, 4L * i)];
                        int r = right[NativeMemory.getInt(rightCodes, 4L * i)];
                        expected.set(i, candidate && comparison.test(Integer.compare(l, r)));
                    }
                    kernels.compare(comparison, leftCodes, left, rightCodes, right, rows, bits);
                    assertThat(found(bits, rows)).as("%s", comparison).isEqualTo(expected);
                }
            }
        }
    }

    private static BitSet found(MemorySegment bits, int rows) {
        BitSet found = new BitSet();
        for (int i = 0; i < rows; i++) {
            found.set(i, Bitmap.get(bits, i));
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 32, 33, 2526})
    void knowsRanges(int size) {
        CodeSet set = new CodeSet();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment passing = arena.allocate(Bitmap.bytes(size), 64);
            set.set(passing, size);
            assertThat(set.isRange()).isTrue();
            Bitmap.set(passing, 0, true);
            set.set(passing, size);
            assertThat(set.isRange()).isTrue();
            assertThat(set.first()).isZero();
            if (size > 2) {
                Bitmap.set(passing, size - 1, true);
                set.set(passing, size);
                assertThat(set.isRange()).isFalse();
                assertThat(set.count()).isEqualTo(2);
            }
        }
    }
}
