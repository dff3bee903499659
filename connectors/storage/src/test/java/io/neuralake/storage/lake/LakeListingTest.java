package io.neuralake.storage.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableFormat;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.storage.FolderListing;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;

import org.junit.jupiter.api.Test;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// How often a catalog lists folders, over a store in memory whose stamps count changes.
class LakeListingTest {
    private final MemoryStore store = new MemoryStore();
    private final List<String> opened = new ArrayList<>();

    @Test
    void tableThatStaysIsFoundWithoutListing() {
        store.put("/lake/t.parquet");
        store.put("/lake/other/a.parquet");
        LakeCatalog catalog = catalog();
        find(catalog, "main", "t");
        store.listed.clear();
        find(catalog, "main", "t");
        find(catalog, "MAIN", "T");
        assertThat(opened).containsExactly("/lake/t.parquet", "/lake/t.parquet", "/lake/t.parquet");
        assertThat(store.listed).isEmpty();
    }

    @Test
    void onlyFoldersOnTheWayAreLookedAt() {
        store.put("/lake/t/a.parquet");
        store.put("/lake/u/a.parquet");
        store.put("/lake/s/t/a.parquet");
        store.put("/lake/s/u/a.parquet");
        LakeCatalog catalog = catalog();
        find(catalog, "main", "t");
        store.stamped.clear();
        find(catalog, "main", "t");
        assertThat(store.stamped).containsOnly("/lake", "/lake/t");
        store.stamped.clear();
        find(catalog, "s", "u");
        assertThat(store.stamped).containsOnly("/lake", "/lake/s", "/lake/s/u");
    }

    @Test
    void newTableIsSeenByTheNextLookup() {
        store.put("/lake/other.parquet");
        LakeCatalog catalog = catalog();
        assertThat(catalog.table("main", "t")).isEmpty();
        store.put("/lake/t.csv");
        find(catalog, "main", "t");
        store.put("/lake/t.parquet");
        find(catalog, "main", "t");
        assertThat(opened).containsExactly("/lake/t.csv", "/lake/t.parquet");
    }

    @Test
    void removedTableIsMissedByTheNextLookup() {
        store.put("/lake/t.parquet");
        LakeCatalog catalog = catalog();
        find(catalog, "main", "t");
        store.remove("/lake/t.parquet");
        assertThat(catalog.table("main", "t")).isEmpty();
    }

    @Test
    void folderThatBecomesATableIsSeen() {
        store.put("/lake/t.csv");
        store.put("/lake/t/year=2024/notes.txt");
        LakeCatalog catalog = catalog();
        find(catalog, "main", "t");
        store.put("/lake/t/year=2024/a.parquet");
        find(catalog, "main", "t");
        store.put("/lake/t/_delta_log/0.json");
        find(catalog, "main", "t");
        store.remove("/lake/t/_delta_log/0.json");
        find(catalog, "main", "t");
        assertThat(opened).containsExactly("/lake/t.csv", "/lake/t", "/lake/t/delta", "/lake/t");
    }

    @Test
    void tableOfASchemaIsSeenAndMissed() {
        store.put("/lake/s/t.csv");
        LakeCatalog catalog = catalog();
        find(catalog, "s", "t");
        store.put("/lake/s/u.csv");
        find(catalog, "s", "u");
        assertThat(catalog.tables("s")).containsExactly("t", "u");
        store.remove("/lake/s/t.csv");
        assertThat(catalog.table("s", "t")).isEmpty();
        assertThat(catalog.schemas()).containsExactly("main", "s");
        // With a Parquet file of its own the folder is a table, and no schema any more.
        store.put("/lake/s/a.parquet");
        assertThat(catalog.table("s", "u")).isEmpty();
        assertThat(catalog.schemas()).containsExactly("main");
    }

    @Test
    void schemaOfTheDefaultNameAddsTables() {
        store.put("/lake/main/t.csv");
        LakeCatalog catalog = catalog();
        find(catalog, "main", "t");
        store.put("/lake/main/t.parquet");
        // The folder holds a Parquet file now: it is a table, its files are none.
        assertThat(catalog.table("main", "t")).isEmpty();
        assertThat(catalog.tables("main")).containsExactly("main");
    }

    @Test
    void folderWithoutAStampIsListedEachTime() {
        store.put("/lake/t.parquet");
        store.stamps = false;
        LakeCatalog catalog = catalog();
        find(catalog, "main", "t");
        store.listed.clear();
        find(catalog, "main", "t");
        assertThat(store.listed).contains("/lake");
    }

    private void find(LakeCatalog catalog, String schema, String table) {
        assertThat(catalog.table(schema, table)).isPresent();
    }

    private LakeCatalog catalog() {
        return new LakeCatalog(
                "lake",
                store,
                "/lake",
                List.of(format("parquet", ""), format("csv", ""), format("delta", "/delta")));
    }

    private TableFormat format(String name, String suffix) {
        return new TableFormat() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public TableSnapshot open(QualifiedName table, String location) {
                opened.add(location + suffix);
                return new NamedSnapshot(table, location);
            }
        };
    }

    /// Files by path; the stamp of a folder counts the changes of its entries.
    private static final class MemoryStore implements ObjectStore {
        private final TreeMap<String, Boolean> folders = new TreeMap<>();
        private final Map<String, Integer> changes = new HashMap<>();
        private final List<String> listed = new ArrayList<>();
        private final List<String> stamped = new ArrayList<>();
        private boolean stamps = true;

        MemoryStore() {
            folders.put("/lake", true);
        }

        void put(String file) {
            add(file, false);
            for (String path = parent(file); add(path, true); path = parent(path)) {}
        }

        private boolean add(String path, boolean folder) {
            boolean isNew = folders.put(path, folder) == null;
            if (isNew) {
                changes.merge(parent(path), 1, Integer::sum);
            }
            return isNew;
        }

        /// Removes a file and the folders that become empty.
        void remove(String path) {
            folders.remove(path);
            String parent = parent(path);
            changes.merge(parent, 1, Integer::sum);
            if (folders.keySet().stream().noneMatch(p -> p.startsWith(parent + "/"))
                    && !parent.equals("/lake")) {
                remove(parent);
            }
        }

        private static String parent(String path) {
            return path.substring(0, path.lastIndexOf('/'));
        }

        @Override
        public FolderListing list(String folder) {
            listed.add(folder);
            List<StoredEntry> children =
                    folders.keySet().stream()
                            .filter(p -> p.startsWith("/lake/") && parent(p).equals(folder))
                            .map(p -> entry(p).orElseThrow())
                            .toList();
            return new FolderListing(children, stamp(folder));
        }

        @Override
        public List<StoredEntry> children(String folder, String first) {
            throw new AssertionError("Lakes are listed whole");
        }

        @Override
        public byte[] read(String path) {
            throw new AssertionError("No file is read");
        }

        @Override
        public byte[] read(String path, long offset, long bytes) {
            throw new AssertionError("No file is read");
        }

        @Override
        public InputStream open(StoredEntry file, long offset, long bytes) {
            throw new AssertionError("No file is read");
        }

        @Override
        public boolean putIfAbsent(String path, byte[] content) {
            throw new AssertionError("No file is written");
        }

        @Override
        public void put(String path, byte[] content) {
            throw new AssertionError("No file is written");
        }

        @Override
        public void upload(Path localFile, String path) {
            throw new AssertionError("No file is written");
        }

        @Override
        public void delete(Collection<String> paths) {
            throw new AssertionError("No file is deleted");
        }

        @Override
        public List<StoredEntry> allFiles(String folder) {
            throw new AssertionError("Lakes are listed folder by folder");
        }

        @Override
        public Optional<Object> stamp(String folder) {
            stamped.add(folder);
            return stamps && folders.containsKey(folder)
                    ? Optional.of(changes.getOrDefault(folder, 0))
                    : Optional.empty();
        }

        @Override
        public Optional<StoredEntry> entry(String path) {
            return Optional.ofNullable(folders.get(path))
                    .map(folder -> new StoredEntry(path, folder, 0, 0));
        }
    }
}
