package io.neuralake.connector.delta.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.delta.kernel.TableManager;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.replay.CreateCheckpointIterator;
import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.LogAction;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.connector.parquet.ParquetFormat;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.LocalStore;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Replays every version of tables that others wrote, and compares with the kernel's own replay.
class LogReplayTest {
    /// The kernel replays no paths that are no URIs.
    private static final Set<String> REFUSED = Set.of("timestamp-partitioned-table");

    /// Damaged on purpose.
    private static final Set<String> UNREADABLE =
            Set.of(
                    "crc-malformed",
                    "data-reader-absolute-paths-escaped-chars",
                    "deltalog-commit-info",
                    "deltalog-invalid-protocol-version");

    private final KernelEngine engine =
            new KernelEngine(new LocalStore(), new ParquetFormat().connector());

    static Stream<String> tables() throws IOException {
        Path corpus = corpus();
        if (!Files.isDirectory(corpus)) {
            System.out.println("SKIPPED LogReplayTest: no corpus at " + corpus);
            return Stream.of("");
        }
        try (Stream<Path> logs = Files.walk(corpus, 4)) {
            return logs
                    .filter(path -> path.endsWith("_delta_log"))
                    .map(path -> corpus.relativize(path.getParent()).toString())
                    .filter(name -> !REFUSED.contains(name.substring(name.indexOf('/') + 1)))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    private static Path corpus() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("connectors"))) {
            folder = folder.getParent();
        }
        return (folder == null ? Path.of("") : folder)
                .resolve("../shared/conformance/delta")
                .normalize();
    }

    @ParameterizedTest
    @MethodSource("tables")
    void equalsTheKernel(String name) {
        Assumptions.assumeFalse(name.isEmpty(), "the corpus is absent");
        String table = corpus().resolve(name).toString();
        KernelLog log = new KernelLog(engine, table);
        TableState newest;
        try {
            newest = log.load(null);
        } catch (NeuralakeException e) {
            assertThat(UNREADABLE).as("tables that may fail: %s", e).contains(leaf(name));
            return;
        }
        assertThat(UNREADABLE).doesNotContain(leaf(name));
        TableState followed = null;
        for (long version = 0; version <= newest.version(); version++) {
            TableState loaded;
            try {
                loaded = log.load(version);
            } catch (NeuralakeException cleanedUp) {
                continue;
            }
            assertThat(files(loaded)).as("version %s", version).isEqualTo(kernel(table, version));
            followed = followed == null ? loaded : followed.with(log.commit(version));
            assertThat(files(followed))
                    .as("version %s, followed", version)
                    .isEqualTo(files(loaded));
        }
        assertThat(followed).as("a version that was compared").isNotNull();
    }

    private static String leaf(String name) {
        return name.endsWith("/delta")
                ? leaf(name.substring(0, name.length() - 6))
                : name.substring(name.lastIndexOf('/') + 1);
    }

    private static Set<String> files(TableState state) {
        Set<String> files = new TreeSet<>();
        for (AddFile file : state.files()) {
            files.add(text(file));
        }
        assertThat(files).hasSize(state.fileCount());
        return files;
    }

    private static String text(AddFile file) {
        return file.path() + " " + file.deletionVector() + " " + file.partitionValues();
    }

    private Set<String> kernel(String table, long version) {
        SnapshotImpl snapshot =
                (SnapshotImpl) TableManager.loadSnapshot(table).atVersion(version).build(engine);
        Set<String> files = new TreeSet<>();
        try (CreateCheckpointIterator replay = snapshot.getCreateCheckpointIterator(engine)) {
            while (replay.hasNext()) {
                FilteredColumnarBatch batch = replay.next();
                ColumnVector selected = batch.getSelectionVector().orElseThrow();
                ColumnVector adds =
                        batch.getData().getColumnVector(batch.getData().getSchema().indexOf("add"));
                List<LogAction> actions = new ArrayList<>();
                ActionReader.readFiles(batch.getData(), actions);
                int at = 0;
                List<AddFile> all =
                        actions.stream()
                                .filter(AddFile.class::isInstance)
                                .map(AddFile.class::cast)
                                .toList();
                for (int row = 0; row < adds.getSize(); row++) {
                    if (!adds.isNullAt(row)) {
                        AddFile file = all.get(at++);
                        if (selected.getBoolean(row)) {
                            files.add(text(file));
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return files;
    }
}
