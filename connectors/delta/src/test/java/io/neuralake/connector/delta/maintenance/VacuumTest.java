package io.neuralake.connector.delta.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.delta.WrittenTable;
import io.neuralake.connector.delta.commit.CommitLog;
import io.neuralake.connector.delta.commit.StoreCommitLog;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.storage.LocalStore;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/// Vacuums tables with files of all kinds.
class VacuumTest {
    private static final Schema NUMBERS = Schema.of(Field.of("n", ScalarType.BIGINT));
    private static final String SHORT = "\"neuralake.allowShortRetention\":\"true\"";

    private final Path folder;
    private final WrittenTable table;

    VacuumTest(@TempDir Path temporary) {
        this.folder = temporary.resolve("t");
        this.table = new WrittenTable(folder);
    }

    @AfterEach
    void close() {
        table.close();
    }

    private void file(String path, int days) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        if (!Files.exists(file)) {
            Files.writeString(file, "x");
        }
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(days))));
    }

    /// A table with `a b.parquet` active, `gone.parquet` removed `days` ago, and much beside them.
    private DeltaTable write(String properties, int days) throws IOException {
        table.write("a b.parquet", NUMBERS, List.of(List.of(1L)));
        table.write("gone.parquet", NUMBERS, List.of(List.of(2L)));
        table.commit(
                0,
                WrittenTable.PROTOCOL,
                WrittenTable.metadata(WrittenTable.field("n", "long"), "", properties),
                table.add("a b.parquet", "", "").replace("a b.parquet", "a%20b.parquet"),
                table.add("gone.parquet", "", ""));
        long removed = Instant.now().minus(Duration.ofDays(days)).toEpochMilli();
        table.commit(
                1,
                "{\"remove\":{\"path\":\"gone.parquet\",\"deletionTimestamp\":"
                        + removed
                        + ",\"dataChange\":true}}");
        file("a b.parquet", 30);
        file("gone.parquet", 30);
        file("p=1/orphan.parquet", 30);
        file("p=1/young.parquet", 1);
        file("q=1/orphan.parquet", 30);
        file("_change_data/cdc-1.parquet", 30);
        file("_hidden/x.parquet", 30);
        file(".other", 30);
        file(".tmp-1-x.parquet", 30);
        file("_neuralake_statistics", 30);
        return (DeltaTable) table.open();
    }

    @Test
    void deletesWhatNoVersionNeeds() throws IOException {
        DeltaTable opened = write("", 10);
        List<String> all =
                List.of(
                        ".tmp-1-x.parquet",
                        "_change_data/cdc-1.parquet",
                        "gone.parquet",
                        "p=1/orphan.parquet",
                        "q=1/orphan.parquet");
        assertThat(opened.vacuum(null, true)).containsExactlyInAnyOrderElementsOf(all);
        assertThat(folder.resolve("gone.parquet")).as("a dry run").exists();
        assertThat(opened.vacuum(null, false)).containsExactlyInAnyOrderElementsOf(all);
        for (String path : all) {
            assertThat(folder.resolve(path)).doesNotExist();
        }
        assertThat(folder.resolve("q=1")).as("an empty folder").doesNotExist();
        assertThat(folder.resolve("p=1/young.parquet")).exists();
        assertThat(folder.resolve("_hidden/x.parquet")).exists();
        assertThat(folder.resolve(".other")).exists();
        assertThat(table.rows()).isEqualTo(List.of(List.of(1L)));
        DeltaTable newest = (DeltaTable) table.open();
        assertThat(newest.history())
                .extracting(commit -> commit.info().get("operation"))
                .startsWith("VACUUM END", "VACUUM START");
        assertThat(newest.history().get(0).info().get("operationMetrics"))
                .contains("\"numDeletedFiles\":\"5\"");
    }

    @Test
    void keepsFilesThatWereRemovedLately() throws IOException {
        assertThat(write("", 3).vacuum(null, true)).doesNotContain("gone.parquet");
    }

    @Test
    void refusesAShortRetention() throws IOException {
        DeltaTable opened = write("", 3);
        assertThatThrownBy(() -> opened.vacuum(Duration.ofHours(1), false))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER);
                            assertThat(e).hasMessageContaining("neuralake.allowShortRetention");
                        });
        assertThat(folder.resolve("gone.parquet")).exists();
    }

    @Test
    void saysWhichVersionsCanBeRead() throws IOException {
        DeltaTable opened = write(SHORT, 3);
        assertThat(opened.vacuum(Duration.ofHours(1), false)).contains("gone.parquet");
        DeltaTable newest = (DeltaTable) table.open();
        assertThatThrownBy(() -> table.rows(newest.at(new TableVersion.Number(0))))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER);
                            assertThat(e).hasMessageContaining("1 to 3");
                        });
        assertThat(table.rows(newest.at(new TableVersion.Number(1)))).hasSize(1);
    }

    @Test
    void refusesUnknownFeatures() {
        table.commit(
                0,
                "{\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":7,"
                        + "\"writerFeatures\":[\"novelty\"]}}",
                WrittenTable.metadata(WrittenTable.field("n", "long"), "", ""));
        assertThatThrownBy(() -> ((DeltaTable) table.open()).vacuum(null, true))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
                            assertThat(e).hasMessageContaining("novelty");
                        });
    }

    @Test
    void followsNoLinks() throws IOException {
        DeltaTable opened = write("", 10);
        Path outside = Files.createDirectories(folder.resolveSibling("outside"));
        Path file = Files.writeString(outside.resolve("x.parquet"), "x");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(30))));
        Files.createSymbolicLink(folder.resolve("link"), outside);
        assertThat(opened.vacuum(null, false)).noneMatch(path -> path.startsWith("link"));
        assertThat(file).exists();
    }

    private static final String VECTORS_PROTOCOL =
            "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,"
                    + "\"readerFeatures\":[\"deletionVectors\"],"
                    + "\"writerFeatures\":[\"deletionVectors\"]}}";

    private static String vector(String path) {
        return ",\"deletionVector\":{\"storageType\":\"p\",\"pathOrInlineDv\":\""
                + path
                + "\",\"offset\":1,\"sizeInBytes\":4,\"cardinality\":1}";
    }

    private static String remove(String path, int days, String more) {
        return "{\"remove\":{\"path\":\""
                + path
                + "\",\"deletionTimestamp\":"
                + Instant.now().minus(Duration.ofDays(days)).toEpochMilli()
                + ",\"dataChange\":true"
                + more
                + "}}";
    }

    /// A table whose checkpoint knows none of the files that were removed 10 and 50 days ago.
    private DeltaTable forgetful() throws IOException {
        table.write("a.parquet", NUMBERS, List.of(List.of(1L)));
        table.write("late.parquet", NUMBERS, List.of(List.of(2L)));
        table.write("early.parquet", NUMBERS, List.of(List.of(2L)));
        String old = vector("file://" + folder + "/old.bin");
        table.commit(
                0,
                VECTORS_PROTOCOL,
                WrittenTable.metadata(WrittenTable.field("n", "long"), "", ""),
                table.add("a.parquet", "", old),
                table.add("early.parquet", "", ""),
                table.add("late.parquet", "", ""));
        table.commit(1, remove("early.parquet", 50, ""));
        table.commit(
                2,
                remove("a.parquet", 10, old),
                remove("late.parquet", 10, ""),
                table.add("a.parquet", "", vector("file://" + folder + "/now.bin")));
        for (int i = 0; i <= 2; i++) {
            file("_delta_log/" + "%020d".formatted(i) + ".json", i == 2 ? 10 : 50);
        }
        ((DeltaTable) table.open()).checkpoint();
        for (String name :
                List.of(
                        "a.parquet",
                        "late.parquet",
                        "early.parquet",
                        "old.bin",
                        "now.bin",
                        "orphan.bin")) {
            file(name, 60);
        }
        return (DeltaTable) table.open();
    }

    @Test
    void keepsLongerThanCheckpointsKnow() throws IOException {
        DeltaTable opened = forgetful();
        assertThat(opened.vacuum(Duration.ofDays(20), true))
                .as("what was removed within the retention stays, with its vector")
                .containsExactlyInAnyOrder("early.parquet", "orphan.bin");
    }

    @Test
    void keepsVectorsInUseAlone() throws IOException {
        DeltaTable opened = forgetful();
        assertThat(opened.vacuum(null, false))
                .containsExactlyInAnyOrder(
                        "early.parquet", "late.parquet", "old.bin", "orphan.bin");
        assertThat(folder.resolve("now.bin")).exists();
        assertThat(folder.resolve("a.parquet")).exists();
    }

    @Test
    void keepsAsLongAsTheTableWantsNow() throws IOException {
        forgetful();
        table.commit(
                3,
                WrittenTable.metadata(
                        WrittenTable.field("n", "long"),
                        "",
                        "\"delta.deletedFileRetentionDuration\":\"interval 20 days\""));
        assertThat(((DeltaTable) table.open()).vacuum(null, true))
                .containsExactlyInAnyOrder("early.parquet", "orphan.bin");
    }

    @Test
    void keepsWhatAnEarlierCheckpointForgot() throws IOException {
        forgetful();
        table.commit(
                3,
                WrittenTable.metadata(
                        WrittenTable.field("n", "long"),
                        "",
                        "\"delta.deletedFileRetentionDuration\":\"interval 20 days\""));
        ((DeltaTable) table.open()).checkpoint();
        assertThat(((DeltaTable) table.open()).vacuum(null, true))
                .containsExactlyInAnyOrder("early.parquet", "orphan.bin");
    }

    @Test
    void saysNothingWhenThereIsNothingToDelete() throws IOException {
        DeltaTable opened = write("", 10);
        assertThat(opened.vacuum(null, false)).isNotEmpty();
        long version = ((DeltaTable) table.open()).state().version();
        assertThat(((DeltaTable) table.open()).vacuum(null, false)).isEmpty();
        assertThat(((DeltaTable) table.open()).state().version()).isEqualTo(version);
    }

    @Test
    void leavesWhatOthersBroughtBackBeforeItBegan() throws IOException {
        DeltaTable opened = write("", 10);
        CommitLog faster =
                (logFolder, version, actions, id) -> {
                    if (version == 2) {
                        table.commit(2, table.add("gone.parquet", "", ""));
                        return false;
                    }
                    return new StoreCommitLog(new LocalStore())
                            .write(logFolder, version, actions, id);
                };
        new Vacuum(
                        opened.log(),
                        folder.toString(),
                        (t, vector) -> null,
                        faster,
                        InstantSource.system())
                .run(null, false);
        assertThat(folder.resolve("gone.parquet")).exists();
        assertThat(folder.resolve("p=1/orphan.parquet")).doesNotExist();
        assertThat(table.rows()).hasSize(2);
    }
}
