package io.neuralake.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.lang.ref.WeakReference;

@Timeout(60)
class IdleMemoryTest {
    @Test
    void garbageGoes() {
        WeakReference<byte[]> garbage = new WeakReference<>(new byte[1 << 20]);
        IdleMemory.release();
        assertThat(garbage.get()).isNull();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void nativeMemoryGoesOnLinux() {
        assertThat(IdleMemory.release()).isTrue();
    }
}
