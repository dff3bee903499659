package io.neuralake.connector.parquet.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.page.Slice;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

class HybridDecoderTest {
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void free() {
        arena.close();
    }

    private Slice slice(int... bytes) {
        MemorySegment memory = arena.allocate(bytes.length + Slice.SLACK);
        for (int i = 0; i < bytes.length; i++) {
            memory.set(ValueLayout.JAVA_BYTE, i, (byte) bytes[i]);
        }
        return new Slice(memory, bytes.length);
    }

    private int[] read(Slice data, int width, int count) {
        MemorySegment target = arena.allocate(4L * count + Slice.SLACK);
        new HybridDecoder(data, width).read(count, target, 0);
        return target.asSlice(0, 4L * count).toArray(ValueLayout.JAVA_INT_UNALIGNED);
    }

    @Test
    void readsRunsAndPackedGroups() {
        // five times 3, then the eight values 0 to 7 in three bits each
        assertThat(read(slice(5 << 1, 3, 1 << 1 | 1, 0x88, 0xC6, 0xFA), 3, 13))
                .containsExactly(3, 3, 3, 3, 3, 0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void runOfAValueThatDoesNotFitItsWidthIsRefused() {
        assertThatThrownBy(() -> read(slice(5 << 1, 8), 3, 5)).isInstanceOf(CorruptFile.class);
        assertThatThrownBy(() -> new HybridDecoder(slice(5 << 1, 2), 1).constant(5))
                .isInstanceOf(CorruptFile.class);
    }

    @Test
    void sectionThatEndsEarlyIsRefused() {
        assertThatThrownBy(() -> read(slice(5 << 1, 3), 3, 6)).isInstanceOf(CorruptFile.class);
        assertThatThrownBy(() -> read(slice(), 3, 1)).isInstanceOf(CorruptFile.class);
        assertThatThrownBy(() -> read(slice(0x80, 0x80, 0x80, 0x80, 0x80, 1), 3, 1))
                .isInstanceOf(CorruptFile.class);
    }
}
