package io.neuralake.connector.parquet.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.connector.parquet.page.Slice;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;

class Utf8TextTest {
    @Test
    void agreesWithTheJdkOnEverySequenceOfThreeBytes() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(16);
            for (int value = 0; value < 1 << 24; value += 1 + (value & 7)) {
                byte[] bytes = {(byte) (value >>> 16), (byte) (value >>> 8), (byte) value};
                check(memory, bytes);
            }
        }
    }

    @Test
    void agreesWithTheJdkOnLongerText() {
        long seed = 41;
        Random random = new Random(seed);
        String[] parts = {"a", "abcdefgh", "é", "€", "😀", "\u07FF", "\uFFFD", "𐀀"};
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(512);
            for (int run = 0; run < 20_000; run++) {
                StringBuilder text = new StringBuilder();
                for (int i = random.nextInt(12); i >= 0; i--) {
                    text.append(parts[random.nextInt(parts.length)]);
                }
                byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
                if (random.nextBoolean()) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
                check(memory, bytes);
            }
        }
    }

    private static void check(MemorySegment memory, byte[] bytes) {
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
        boolean valid = Utf8Text.isValid(memory, 0, bytes.length);
        if (valid != decodes(bytes)) {
            assertThat(valid).as("bytes %s", bytes).isEqualTo(decodes(bytes));
        }
    }

    private static boolean decodes(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 64, 100_000})
    void oneByteOutsideOfAsciiIsSeenWhereverItIs(int length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(length + Slice.SLACK);
            memory.fill((byte) 'x');
            memory.set(ValueLayout.JAVA_BYTE, length, (byte) 0x80); // behind the end
            Slice page = new Slice(memory, length);
            assertThat(Utf8Text.isAscii(page)).isTrue();
            for (int at = 0; at < length; at += 1 + at / 3) {
                memory.set(ValueLayout.JAVA_BYTE, at, (byte) 0xC3);
                assertThat(Utf8Text.isAscii(page)).as("at %s", at).isFalse();
                memory.set(ValueLayout.JAVA_BYTE, at, (byte) 'x');
            }
        }
    }
}
