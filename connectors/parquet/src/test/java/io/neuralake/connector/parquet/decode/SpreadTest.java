package io.neuralake.connector.parquet.decode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

class SpreadTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8, 16})
    void valuesLandInTheirSlots(int width) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (double density : new double[] {0, 0.02, 0.5, 0.95, 1}) {
            for (int round = 0; round < 40; round++) {
                int slots = 1 + random.nextInt(300);
                int bit = random.nextInt(70);
                int before = random.nextInt(3) * width;
                boolean[] set = new boolean[slots];
                int present = 0;
                for (int i = 0; i < slots; i++) {
                    set[i] = random.nextDouble() < density;
                    present += set[i] ? 1 : 0;
                }
                byte[] dense = new byte[present * width];
                random.nextBytes(dense);
                byte[] expected = new byte[slots * width];
                for (int i = 0, from = 0; i < slots; i++) {
                    if (set[i]) {
                        System.arraycopy(dense, width * from++, expected, width * i, width);
                    }
                }
                assertThat(spread(width, set, bit, before, dense))
                        .as("seed %d, %d slots, %d set", seed, slots, present)
                        .isEqualTo(expected);
            }
        }
    }

    private static byte[] spread(int width, boolean[] set, int bit, int before, byte[] dense) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bits = arena.allocate((bit + set.length + 7) / 8 + 64L);
            for (int i = 0; i < set.length; i++) {
                if (set[i]) {
                    long at = (bit + i) >>> 3;
                    byte old = bits.get(ValueLayout.JAVA_BYTE, at);
                    bits.set(ValueLayout.JAVA_BYTE, at, (byte) (old | 1 << ((bit + i) & 7)));
                }
            }
            MemorySegment values = arena.allocate(before + (long) set.length * width);
            MemorySegment.copy(dense, 0, values, ValueLayout.JAVA_BYTE, before, dense.length);
            Spread.apply(values, before, width, bits, bit, set.length, dense.length / width);
            return values.asSlice(before).toArray(ValueLayout.JAVA_BYTE);
        }
    }
}
