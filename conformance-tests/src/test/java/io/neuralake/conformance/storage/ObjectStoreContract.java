package io.neuralake.conformance.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.FileGlob;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What every store promises.
abstract class ObjectStoreContract {
    @TempDir Path temporary;

    /// Returns the store.
    abstract ObjectStore store();

    /// Returns a folder of this test alone, in which nothing is.
    abstract String folder();

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String path(String name) {
        return folder() + "/" + name;
    }

    private static List<String> names(List<StoredEntry> entries, String folder) {
        return entries.stream().map(e -> e.path().substring(folder.length() + 1)).toList();
    }

    @Test
    void whatIsPutIsThereAtOnce() {
        assertThat(store().entry(path("a"))).isEmpty();
        store().put(path("a"), bytes("first"));
        store().put(path("a"), bytes("second one"));
        assertThat(store().read(path("a"))).isEqualTo(bytes("second one"));
        StoredEntry entry = store().entry(path("a")).orElseThrow();
        assertThat(entry.folder()).isFalse();
        assertThat(entry.bytes()).isEqualTo(10);
        assertThat(entry.path()).isEqualTo(path("a"));
        assertThat(entry.modifiedMillis()).isPositive();
    }

    @Test
    void partsAreRead() throws IOException {
        store().put(path("a"), bytes("0123456789"));
        assertThat(store().read(path("a"), 2, 3)).isEqualTo(bytes("234"));
        assertThat(store().read(path("a"), 10, 0)).isEmpty();
        StoredEntry entry = store().entry(path("a")).orElseThrow();
        try (InputStream stream = store().open(entry, 3, 4)) {
            assertThat(stream.readAllBytes()).isEqualTo(bytes("3456"));
        }
        try (InputStream stream = store().open(entry, 0, 10)) {
            assertThat(stream.read()).isEqualTo('0');
        }
        fails(() -> store().read(path("a"), 8, 3), ErrorCode.CORRUPT_FILE);
        fails(() -> store().read(path("a"), 20, 3), ErrorCode.CORRUPT_FILE);
    }

    @Test
    void absentFilesAreNamed() {
        assertThatThrownBy(() -> store().read(path("absent")))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_NOT_FOUND))
                .hasMessageContaining(path("absent"));
        fails(() -> store().read(path("absent"), 0, 1), ErrorCode.FILE_NOT_FOUND);
        assertThat(store().list(path("absent")).children()).isEmpty();
        assertThat(store().children(path("absent"), "x")).isEmpty();
        assertThat(store().allFiles(path("absent"))).isEmpty();
    }

    @Test
    void foldersAreListed() {
        for (String name : List.of("b/x", "b/y/z", "a", "c d+e=ü%20.parquet", "b0")) {
            store().put(path(name), bytes(name));
        }
        List<StoredEntry> children = store().list(folder()).children();
        assertThat(names(children, folder()))
                .containsExactlyInAnyOrder("a", "b", "b0", "c d+e=ü%20.parquet");
        assertThat(children).isSortedAccordingTo((x, y) -> x.path().compareTo(y.path()));
        assertThat(children.get(1).folder()).isTrue();
        assertThat(store().entry(path("b")).orElseThrow().folder()).isTrue();
        assertThat(store().entry(path("b/"))).isPresent();
        assertThat(names(store().allFiles(folder()), folder()))
                .containsExactlyInAnyOrder("a", "b/x", "b/y/z", "b0", "c d+e=ü%20.parquet");
        assertThat(store().read(path("c d+e=ü%20.parquet"))).hasSize(19);
    }

    @Test
    void listingsBeginWhereTheyShall() {
        for (int i = 0; i < 12; i++) {
            store().put(path("log/%020d.json".formatted(i)), bytes("x"));
        }
        store().put(path("log/_last_checkpoint"), bytes("x"));
        assertThat(names(store().children(path("log"), "%020d.json".formatted(10)), path("log")))
                .containsExactly(
                        "00000000000000000010.json",
                        "00000000000000000011.json",
                        "_last_checkpoint");
        assertThat(store().children(path("log"), "")).hasSize(13);
    }

    @Test
    void wildcardsFindFiles() {
        for (String name : List.of("a.parquet", "b.csv", "k=1/c.parquet", "k=2/d/e.parquet")) {
            store().put(path(name), bytes("x"));
        }
        assertThat(names(FileGlob.files(store(), path("*.parquet")), folder()))
                .containsExactly("a.parquet");
        assertThat(names(FileGlob.files(store(), path("k=*/*.parquet")), folder()))
                .containsExactly("k=1/c.parquet");
        assertThat(names(FileGlob.files(store(), path("k=?/**.parquet")), folder()))
                .containsExactly("k=1/c.parquet", "k=2/d/e.parquet");
    }

    @Test
    void onlyTheFirstPutsIfAbsent() {
        // A local folder has to be there: what was dropped must not come back by a late commit.
        store().put(path("log/_first"), bytes(""));
        assertThat(store().putIfAbsent(path("log/0.json"), bytes("mine"))).isTrue();
        assertThat(store().putIfAbsent(path("log/0.json"), bytes("yours"))).isFalse();
        assertThat(store().read(path("log/0.json"))).isEqualTo(bytes("mine"));
        assertThat(names(store().allFiles(path("log")), path("log")))
                .containsExactly("0.json", "_first");
    }

    @Test
    void ofManyWritersOneWins() throws Exception {
        int writers = 8;
        store().put(path("race/_first"), bytes(""));
        for (int round = 0; round < 10; round++) {
            String path = path("race/" + round);
            List<Future<Boolean>> running = new ArrayList<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
                for (int writer = 0; writer < writers; writer++) {
                    byte[] content = bytes("writer " + writer);
                    running.add(threads.submit(() -> store().putIfAbsent(path, content)));
                }
            }
            List<Integer> winners = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                if (running.get(writer).get()) {
                    winners.add(writer);
                }
            }
            assertThat(winners).hasSize(1);
            assertThat(store().read(path)).isEqualTo(bytes("writer " + winners.getFirst()));
        }
    }

    @Test
    void filesAreDeleted() {
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            paths.add(path("many/" + i));
            store().put(paths.getLast(), bytes("x"));
        }
        store().put(path("many/kept"), bytes("x"));
        paths.add(path("many/absent"));
        store().delete(paths);
        assertThat(names(store().allFiles(path("many")), path("many"))).containsExactly("kept");
        store().delete(List.of());
    }

    @Test
    void foldersAreDeleted() {
        store().put(path("t/_delta_log/0.json"), bytes("x"));
        store().put(path("t/a"), bytes("x"));
        store().put(path("tt"), bytes("x"));
        assertThat(store().deleteFolder(path("t"))).isTrue();
        assertThat(store().deleteFolder(path("t"))).isFalse();
        assertThat(names(store().allFiles(folder()), folder())).containsExactly("tt");
    }

    @Test
    void localFilesAreMovedIntoTheStore() throws IOException {
        byte[] content = new byte[100_000];
        new Random(1).nextBytes(content);
        Path local = Files.write(temporary.resolve("local"), content);
        store().upload(local, path("new folder/uploaded"));
        assertThat(local).doesNotExist();
        assertThat(store().read(path("new folder/uploaded"))).isEqualTo(content);
    }

    static void fails(Runnable action, ErrorCode code) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        NeuralakeException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
