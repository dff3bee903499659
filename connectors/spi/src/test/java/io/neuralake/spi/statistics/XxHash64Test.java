package io.neuralake.spi.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

class XxHash64Test {
    private static long of(String text) {
        return XxHash64.hash(text.getBytes(StandardCharsets.US_ASCII));
    }

    /// Known values of the reference implementation, `xxhsum -H64`.
    @Test
    void agreesWithTheReference() {
        assertThat(of("")).isEqualTo(0xEF46DB3751D8E999L);
        assertThat(of("a")).isEqualTo(0xD24EC4F1A98C6E5BL);
        assertThat(of("abc")).isEqualTo(0x44BC2CF5AD770999L);
        assertThat(of("Nobody inspects the spammish repetition")).isEqualTo(0xFBCEA83C8A378BF1L);
    }

    @Test
    void aLongIsItsBytes() {
        for (long value : new long[] {0, 1, -1, 1L << 40, Long.MIN_VALUE, Long.MAX_VALUE}) {
            byte[] bytes =
                    ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
            assertThat(XxHash64.hash(value)).isEqualTo(XxHash64.hash(bytes));
        }
    }
}
