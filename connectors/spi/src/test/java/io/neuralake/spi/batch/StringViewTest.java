package io.neuralake.spi.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;

class StringViewTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 40})
    void writesViewsOfEveryLength(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i - 5);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(Math.max(1, length));
            MemorySegment.copy(bytes, 0, text, ValueLayout.JAVA_BYTE, 0, length);
            MemorySegment views = arena.allocate(3L * StringView.BYTES);
            views.fill((byte) 0x55);
            StringView.write(views, StringView.BYTES, text.address(), length);

            assertThat(StringView.length(views, StringView.BYTES)).isEqualTo(length);
            assertThat(StringView.bytes(views, StringView.BYTES)).isEqualTo(bytes);
            // what an inline text leaves of its view is zero, the neighbours are as before
            for (int i = 0; i < 3 * StringView.BYTES; i++) {
                boolean own = i / StringView.BYTES == 1;
                if (!own || length <= StringView.MAX_INLINE && i >= StringView.BYTES + 4 + length) {
                    assertThat(views.get(ValueLayout.JAVA_BYTE, i))
                            .isEqualTo((byte) (own ? 0 : 0x55));
                }
            }
        }
    }

    private static MemorySegment view(Arena arena, byte[] bytes) {
        MemorySegment text = arena.allocate(Math.max(1, bytes.length));
        MemorySegment.copy(bytes, 0, text, ValueLayout.JAVA_BYTE, 0, bytes.length);
        MemorySegment view = arena.allocate(StringView.BYTES);
        StringView.write(view, 0, text.address(), bytes.length);
        return view;
    }

    private static void check(Arena arena, byte[] left, byte[] right) {
        MemorySegment l = view(arena, left);
        MemorySegment r = view(arena, right);
        int expected = Integer.signum(Arrays.compareUnsigned(left, right));
        assertThat(Integer.signum(StringView.compare(l, 0, r, 0))).isEqualTo(expected);
        assertThat(Integer.signum(StringView.compare(r, 0, l, 0))).isEqualTo(-expected);
        assertThat(StringView.equal(l, 0, r, 0)).isEqualTo(expected == 0);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {0, 1, 3, 4, 5, 7, 8, 11, 12, 13, 14, 16, 19, 20, 21, 60, 127, 128, 129, 300})
    void comparesBytesAsUnsigned(int length) {
        Random random = new Random(length);
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            check(arena, bytes, bytes.clone());
            for (int at = 0; at < length; at++) {
                byte[] other = bytes.clone();
                other[at] ^= (byte) (1 << random.nextInt(8));
                if (at + 1 < length) {
                    other[
                            at
                                    + 1
                                    + random.nextInt(
                                            length - at - 1)]++; // what comes later is no matter
                }
                check(arena, bytes, other);
                check(arena, bytes, Arrays.copyOf(bytes, at));
                check(arena, other, Arrays.copyOf(bytes, at));
            }
        }
    }
}
