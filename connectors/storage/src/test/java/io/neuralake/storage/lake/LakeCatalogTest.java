package io.neuralake.storage.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableFormat;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.LocalStore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class LakeCatalogTest {
    @TempDir Path lake;

    @Test
    void filesAndFoldersBecomeTables() throws IOException {
        file("part.parquet");
        file("Notes.csv");
        file("events.ndjson");
        file("readme.txt");
        file("orders/a.parquet");
        file("sales/year=2024/month=1/a.parquet");
        file("_staging/a.parquet");
        file(".hidden.parquet");
        assertThat(catalog().schemas()).containsExactly("main");
        assertThat(catalog().tables("main"))
                .containsExactly("Notes", "events", "orders", "part", "sales");
        assertThat(catalog().table("main", "sales").orElseThrow().version())
                .isEqualTo(lake.resolve("sales").toString());
    }

    @Test
    void folderOfTablesIsASchema() throws IOException {
        file("signals/spikes/a.parquet");
        file("signals/sessions.csv");
        file("empty/nothing.txt");
        assertThat(catalog().schemas()).containsExactly("main", "signals");
        assertThat(catalog().tables("signals")).containsExactly("sessions", "spikes");
        assertThat(catalog().tables("SIGNALS")).containsExactly("sessions", "spikes");
        assertThat(catalog().tables("nowhere")).isEmpty();
    }

    @Test
    void tablesAreFoundIgnoringCase() throws IOException {
        file("Part.parquet");
        assertThat(catalog().table("main", "PART")).isPresent();
        assertThat(catalog().table("main", "parts")).isEmpty();
    }

    @Test
    void newFilesAreSeenByTheNextLookup() throws IOException {
        LakeCatalog catalog = catalog();
        assertThat(catalog.table("main", "late")).isEmpty();
        file("late.parquet");
        assertThat(catalog.table("main", "late")).isPresent();
    }

    @Test
    void unreadableFormatIsListedAndRefused() throws IOException {
        file("events/_delta_log/00000000000000000000.json");
        assertThat(catalog().tables("main")).containsExactly("events");
        assertThatThrownBy(() -> catalog().table("main", "events"))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
    }

    @Test
    void parquetWinsOverCsvOfTheSameName() throws IOException {
        file("t.csv");
        file("t.parquet");
        assertThat(catalog().table("main", "t").orElseThrow().version().toString())
                .endsWith("t.parquet");
    }

    @Test
    void missingFolderIsRefused() {
        assertThatThrownBy(
                        () ->
                                new LakeCatalog(
                                        "lake",
                                        new LocalStore(),
                                        lake.resolve("absent").toString(),
                                        List.of()))
                .isInstanceOf(NeuralakeException.class)
                .hasMessageContaining("Lake is not a folder");
    }

    private LakeCatalog catalog() {
        return new LakeCatalog(
                "lake",
                new LocalStore(),
                lake.toString(),
                List.of(new PathFormat("parquet"), new PathFormat("csv"), new PathFormat("json")));
    }

    private void file(String path) throws IOException {
        Path file = lake.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "");
    }

    /// Opens anything as a table whose version is its path.
    private record PathFormat(String name) implements TableFormat {
        @Override
        public TableSnapshot open(QualifiedName table, String location) {
            return new NamedSnapshot(table, location);
        }
    }
}
