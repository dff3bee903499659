package io.neuralake.spi.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

class NativeMemoryTest {
    @AutoClose private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(17);

    @Test
    void readsWhatSegmentsWrite() {
        memory.set(ValueLayout.JAVA_LONG_UNALIGNED, 9, 0xFEDC_BA98_7654_3210L);

        assertThat(NativeMemory.getLong(memory, 9)).isEqualTo(0xFEDC_BA98_7654_3210L);
        assertThat(NativeMemory.getInt(memory, 9)).isEqualTo(0x7654_3210);
        assertThat(NativeMemory.getShort(memory, 15)).isEqualTo((short) 0xFEDC);
        assertThat(NativeMemory.getByte(memory, 16)).isEqualTo((byte) 0xFE);
        memory.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, 1, Math.PI);
        assertThat(NativeMemory.getDouble(memory, 1)).isEqualTo(Math.PI);
        memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 1, -0.5f);
        assertThat(NativeMemory.getFloat(memory, 1)).isEqualTo(-0.5f);
    }

    @Test
    void writesWhatSegmentsRead() {
        NativeMemory.setLong(memory, 1, Long.MIN_VALUE + 5);
        assertThat(memory.get(ValueLayout.JAVA_LONG_UNALIGNED, 1)).isEqualTo(Long.MIN_VALUE + 5);
        NativeMemory.setInt(memory, 13, -7);
        assertThat(memory.get(ValueLayout.JAVA_INT_UNALIGNED, 13)).isEqualTo(-7);
        NativeMemory.setShort(memory, 3, (short) -300);
        assertThat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, 3)).isEqualTo((short) -300);
        NativeMemory.setByte(memory, 16, (byte) -1);
        assertThat(memory.get(ValueLayout.JAVA_BYTE, 16)).isEqualTo((byte) -1);
        NativeMemory.setDouble(memory, 9, 1e300);
        assertThat(memory.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 9)).isEqualTo(1e300);
        NativeMemory.setFloat(memory, 0, 2.5f);
        assertThat(memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0)).isEqualTo(2.5f);
    }

    @Test
    void testsSeeAccessOutside() {
        for (long offset : new long[] {-1, 10, 17, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> NativeMemory.getLong(memory, offset));
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> NativeMemory.setLong(memory, offset, 0));
        }
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> NativeMemory.getByte(memory, 17));
    }

    @Test
    void testsSeeMemoryOfTheHeap() {
        MemorySegment heap = MemorySegment.ofArray(new byte[16]);

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> NativeMemory.getLong(heap, 0));
    }
}
