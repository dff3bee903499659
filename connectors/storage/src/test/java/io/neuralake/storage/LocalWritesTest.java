package io.neuralake.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// Writes to local folders.
class LocalWritesTest {
    @TempDir Path folder;

    private final LocalStore store = new LocalStore();
    private final LocalStore withoutLinks =
            new LocalStore(InstantSource.system(), new LocalFiles(false));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private List<String> names(Path in) throws IOException {
        try (Stream<Path> files = Files.list(in)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void putsIfAbsent() throws IOException {
        assertThatThrownBy(() -> store.putIfAbsent(path("new/folder/a"), bytes("1")))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_NOT_FOUND));
        Files.createDirectories(folder.resolve("new/folder"));
        assertThat(store.putIfAbsent(path("new/folder/a"), bytes("1"))).isTrue();
        assertThat(store.putIfAbsent(path("new/folder/a"), bytes("2"))).isFalse();
        assertThat(store.read(path("new/folder/a"))).isEqualTo(bytes("1"));
        assertThat(names(folder.resolve("new/folder"))).containsExactly("a");
    }

    @Test
    void putsIfAbsentWithoutLinks() throws IOException {
        assertThat(withoutLinks.putIfAbsent(path("a"), bytes("1"))).isTrue();
        assertThat(withoutLinks.putIfAbsent(path("a"), bytes("2"))).isFalse();
        assertThat(store.read(path("a"))).isEqualTo(bytes("1"));
        assertThat(names(folder)).containsExactly(".lock", "a");
    }

    @Test
    void ofManyWritersOneSucceeds() throws Exception {
        for (LocalStore each : List.of(store, withoutLinks)) {
            for (int round = 0; round < 10; round++) {
                String path = path("round" + round + System.identityHashCode(each));
                List<Future<Boolean>> results = new ArrayList<>();
                try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
                    for (int i = 0; i < 4; i++) {
                        byte[] content = bytes("writer " + i);
                        results.add(pool.submit(() -> each.putIfAbsent(path, content)));
                    }
                }
                int winner = -1;
                for (int i = 0; i < results.size(); i++) {
                    if (results.get(i).get()) {
                        assertThat(winner).isEqualTo(-1);
                        winner = i;
                    }
                }
                assertThat(store.read(path)).isEqualTo(bytes("writer " + winner));
            }
        }
        assertThat(names(folder)).noneMatch(name -> name.startsWith(ObjectStore.TEMPORARY_PREFIX));
    }

    @Test
    void putsOver() throws IOException {
        store.put(path("x/a"), bytes("1"));
        store.put(path("x/a"), bytes("2"));
        assertThat(store.read(path("x/a"))).isEqualTo(bytes("2"));
        assertThat(names(folder.resolve("x"))).containsExactly("a");
    }

    @Test
    void uploadMovesAFile() throws IOException {
        Path local = folder.resolve("local");
        Files.writeString(local, "rows");
        store.upload(local, path("t/p=1/a.parquet"));
        assertThat(local).doesNotExist();
        assertThat(store.read(path("t/p=1/a.parquet"))).isEqualTo(bytes("rows"));
    }

    @Test
    void deletesWhatIsThere() {
        store.put(path("a"), bytes("1"));
        store.delete(List.of(path("a"), path("b")));
        assertThat(store.entry(path("a"))).isEmpty();
    }

    @Test
    void listsAllFiles() throws IOException {
        store.put(path("t/b"), bytes("1"));
        store.put(path("t/_log/0"), bytes("22"));
        store.put(path("t/.hidden/c"), bytes("333"));
        Files.createDirectories(folder.resolve("t/empty"));
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("other"), "");
        Files.createSymbolicLink(folder.resolve("t/link"), elsewhere);
        assertThat(store.allFiles(path("t")))
                .extracting(StoredEntry::path)
                .containsExactly(path("t/.hidden/c"), path("t/_log/0"), path("t/b"));
        assertThat(store.allFiles(path("absent"))).isEmpty();
    }

    @Test
    void deletesFoldersWithWhatCrashesHaveLeft() throws IOException {
        store.put(path("t/_log/0"), bytes("1"));
        store.put(path("t/p/a"), bytes("1"));
        store.put(path(".tmp-dropped-1-u/b"), bytes("1"));
        store.put(path("v/c"), bytes("1"));
        assertThat(store.deleteFolder(path("t"))).isTrue();
        assertThat(store.deleteFolder(path("t"))).isFalse();
        assertThat(names(folder)).containsExactly("v");
    }

    @Test
    void whatCannotBeWrittenIsSaid() throws IOException {
        Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> store.put(path("file/a"), bytes("1")))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_ERROR))
                .hasMessageContaining("Cannot write: " + path("file/a"));
    }
}
