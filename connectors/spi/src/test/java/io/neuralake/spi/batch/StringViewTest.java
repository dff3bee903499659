package io.neuralake.spi.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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
}
