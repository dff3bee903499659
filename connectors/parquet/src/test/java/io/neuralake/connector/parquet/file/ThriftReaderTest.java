package io.neuralake.connector.parquet.file;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

class ThriftReaderTest {
    /// A field of type struct, list of lists or map of maps inside of itself, a million levels deep.
    @ParameterizedTest
    @ValueSource(ints = {0x1C, 0x19, 0x1B, 0xFF})
    void nestingWithoutEndIsRefused(int octet) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(1 << 20);
            bytes.fill((byte) octet);
            assertThatThrownBy(() -> new ThriftReader(bytes).pageHeader())
                    .isInstanceOf(CorruptFile.class);
            // An unknown field first, so that all of it is skipped.
            bytes.set(ValueLayout.JAVA_BYTE, 0, (byte) 0xEC);
            assertThatThrownBy(() -> new ThriftReader(bytes).fileMetaData())
                    .isInstanceOf(CorruptFile.class);
        }
    }
}
