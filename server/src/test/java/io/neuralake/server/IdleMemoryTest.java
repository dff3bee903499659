package io.neuralake.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

@Timeout(60)
class IdleMemoryTest {
    @Test
    void garbageGoes() {
        WeakReference<byte[]> garbage = new WeakReference<>(new byte[1 << 20]);
        IdleMemory.releaseHeap();
        assertThat(garbage.get()).isNull();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void nativeMemoryGoesOnLinux() {
        assertThat(IdleMemory.releaseNative()).isTrue();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void pagesOfFilesAreReadAgain(@TempDir Path folder) throws IOException {
        byte[] content = new byte[1 << 20];
        Arrays.fill(content, (byte) 7);
        Path file = Files.write(folder.resolve("file"), content);
        try (FileChannel channel = FileChannel.open(file);
                Arena arena = Arena.ofConfined()) {
            MemorySegment mapped =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, content.length, arena);
            assertThat(IdleMemory.pageOut(mapped.address(), content.length)).isTrue();
            assertThat(mapped.mismatch(MemorySegment.ofArray(content))).isEqualTo(-1);
        }
        assertThat(IdleMemory.pageOut(1, 1)).as("no page begins here").isFalse();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void changedPagesStay(@TempDir Path folder) throws IOException {
        byte[] content = new byte[1 << 20];
        Arrays.fill(content, (byte) 7);
        Path file = Files.write(folder.resolve("file"), content);
        try (FileChannel channel =
                        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                Arena arena = Arena.ofConfined()) {
            MemorySegment mapped =
                    channel.map(FileChannel.MapMode.PRIVATE, 0, content.length, arena);
            mapped.asSlice(0, content.length / 2).fill((byte) 8);
            Arrays.fill(content, 0, content.length / 2, (byte) 8);
            assertThat(IdleMemory.pageOut(mapped.address(), content.length)).isTrue();
            assertThat(mapped.mismatch(MemorySegment.ofArray(content))).isEqualTo(-1);
        }
    }
}
