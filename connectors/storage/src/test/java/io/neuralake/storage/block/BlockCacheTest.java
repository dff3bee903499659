package io.neuralake.storage.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

class BlockCacheTest {
    private static final int BLOCK = BlockCache.BLOCK_BYTES;
    private static final int SIZE = 40 * BLOCK + 17;

    @TempDir Path folder;

    private final MemoryFiles store = new MemoryFiles(SIZE);

    private byte[] read(BlockCache cache, long offset, int bytes) {
        MemorySegment target = MemorySegment.ofArray(new byte[bytes]);
        cache.read(store, store.file, offset, target);
        return target.toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void whatWasFetchedIsNotFetchedAgain() {
        try (BlockCache cache = new BlockCache(64L * BLOCK, null)) {
            try (BlockLease lease =
                    cache.fetch(
                            store,
                            store.file,
                            List.of(
                                    new ByteRange(10, 100),
                                    new ByteRange(3L * BLOCK, 2 * BLOCK)))) {
                lease.arrived().join();
                assertThat(store.opened).containsExactly(new ByteRange(0, 5L * BLOCK));
                assertThat(read(cache, 10, 100)).isEqualTo(store.part(10, 100));
                assertThat(read(cache, 4L * BLOCK - 5, 10))
                        .isEqualTo(store.part(4L * BLOCK - 5, 10));
            }
            assertThat(store.opened).hasSize(1);
            assertThat(cache.metrics().requests()).isOne();
            assertThat(cache.metrics().fetchedBytes()).isEqualTo(5L * BLOCK);
        }
    }

    @Test
    void endOfTheFileIsShort() {
        try (BlockCache cache = new BlockCache(64L * BLOCK, null)) {
            assertThat(read(cache, SIZE - 20, 20)).isEqualTo(store.part(SIZE - 20, 20));
        }
    }

    @Test
    void partsWithinABlockAreNotCopied() {
        try (BlockCache cache = new BlockCache(64L * BLOCK, null)) {
            DataBuffer part = cache.read(store, store.file, 5, 10);
            assertThat(part.segment().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(store.part(5, 10));
            part.release();
            DataBuffer across = cache.read(store, store.file, BLOCK - 5, 10);
            assertThat(across.segment().toArray(ValueLayout.JAVA_BYTE))
                    .isEqualTo(store.part(BLOCK - 5, 10));
            across.release();
        }
    }

    @Test
    void memoryIsBoundedForWhatIsAhead() {
        try (BlockCache cache = new BlockCache(8L * BLOCK, null);
                BlockLease lease =
                        cache.fetch(store, store.file, List.of(new ByteRange(0, SIZE)))) {
            lease.arrived().join();
            assertThat(cache.bytes()).isEqualTo(8L * BLOCK);
            // All blocks are in use: what is read now comes on top.
            assertThat(read(cache, 20L * BLOCK, 10)).isEqualTo(store.part(20L * BLOCK, 10));
            assertThat(cache.bytes()).isEqualTo(9L * BLOCK);
        }
    }

    @Test
    void answerThatBreaksOffIsAskedForAgain() {
        store.broken.set(2);
        try (BlockCache cache = new BlockCache(64L * BLOCK, null)) {
            assertThat(read(cache, 0, 10)).isEqualTo(store.part(0, 10));
        }
        assertThat(store.opened).hasSize(3);
    }

    @Test
    void failureIsForgotten() {
        store.broken.set(3);
        try (BlockCache cache = new BlockCache(64L * BLOCK, null)) {
            assertThatThrownBy(() -> read(cache, 0, 10))
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_ERROR))
                    .hasMessageContaining("mem://a/file");
            assertThat(read(cache, 0, 10)).isEqualTo(store.part(0, 10));
        }
    }

    @Test
    void diskOutlivesTheCache() {
        try (BlockCache cache = new BlockCache(64L * BLOCK, new DiskCache(folder, 1L << 30))) {
            read(cache, 0, 3 * BLOCK);
        }
        store.opened.clear();
        try (BlockCache cache = new BlockCache(64L * BLOCK, new DiskCache(folder, 1L << 30))) {
            assertThat(read(cache, 0, 3 * BLOCK)).isEqualTo(store.part(0, 3 * BLOCK));
            assertThat(store.opened).isEmpty();
            assertThat(cache.metrics().diskBytes()).isGreaterThanOrEqualTo(3L * BLOCK);
        }
    }

    @Test
    void damagedBlockOnDiskIsFetchedAgain() throws IOException {
        try (BlockCache cache = new BlockCache(64L * BLOCK, new DiskCache(folder, 1L << 30))) {
            read(cache, 0, 10);
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                bytes[7] ^= 1;
                Files.write(file, bytes);
            }
        }
        store.opened.clear();
        try (BlockCache cache = new BlockCache(64L * BLOCK, new DiskCache(folder, 1L << 30))) {
            assertThat(read(cache, 0, 10)).isEqualTo(store.part(0, 10));
            assertThat(store.opened).isNotEmpty();
        }
    }

    @Test
    void diskIsBounded() throws IOException {
        DiskCache disk = new DiskCache(folder, 4L * BLOCK);
        try (BlockCache cache = new BlockCache(64L * BLOCK, disk)) {
            read(cache, 0, 10 * BLOCK);
        }
        assertThat(disk.bytes()).isPositive().isLessThanOrEqualTo(4L * BLOCK);
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile)).hasSize(3);
        }
    }
}
