package io.neuralake.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

class SchemeStoreTest {
    @TempDir Path folder;

    private final AtomicInteger opened = new AtomicInteger();
    private final Supplier<ObjectStore> remote =
            () -> {
                opened.incrementAndGet();
                return new LocalStore();
            };
    private final SchemeStore store =
            new SchemeStore(new LocalStore(), Map.of("s3", remote, "s3a", remote));

    @Test
    void storeIsOpenedWhenAPathNeedsIt() {
        store.put(folder + "/a", new byte[1]);
        assertThat(store.read(folder + "/a")).hasSize(1);
        assertThat(opened).hasValue(0);
        assertThat(store.of("s3://bucket/a")).isSameAs(store.of("s3a://bucket/b"));
        assertThat(opened).hasValue(1);
    }

    @Test
    void filesOfSeveralStoresAreDeleted() {
        store.put(folder + "/a", new byte[1]);
        store.delete(List.of("s3://bucket/absent", folder + "/a"));
        assertThat(store.entry(folder + "/a")).isEmpty();
    }

    @Test
    void unknownSchemeIsRefused() {
        assertThatThrownBy(() -> store.read("gs://bucket/a"))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER))
                .hasMessageContaining("gs://; there are s3, s3a");
    }

    @Test
    void foldersHaveOneName() {
        assertThat(StoragePath.folder("s3://bucket/a//")).isEqualTo("s3://bucket/a");
        assertThat(StoragePath.folder(folder + "/x/../y")).isEqualTo(folder + "/y");
        assertThat(StoragePath.isRemote("/a/b")).isFalse();
        assertThat(StoragePath.scheme("s3a://b")).isEqualTo("s3a");
    }
}
