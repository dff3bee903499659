package io.neuralake.storage.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableFormat;
import io.neuralake.spi.catalog.TableSnapshot;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a lake shows of a table while its objects are deleted.
class DroppedTableTest {
    private static final String TABLE = "mem://lake/t";

    private final ObjectsInMemory store = new ObjectsInMemory();
    private final LakeCatalog lake;

    DroppedTableTest() {
        lake =
                new LakeCatalog(
                        "lake", store, "mem://lake", List.of(format("delta"), format("parquet")));
        for (String path :
                List.of(
                        "/_delta_log/00000000000000000000.json",
                        "/_delta_log/00000000000000000001.json",
                        "/_delta_log/00000000000000000001.checkpoint.parquet",
                        "/_delta_log/_last_checkpoint",
                        "/_delta_log/_sidecars/a.parquet",
                        "/_change_data/a.parquet",
                        "/a.parquet",
                        "/p=1/b.parquet")) {
            store.put(TABLE + path, new byte[0]);
        }
    }

    private static TableFormat format(String name) {
        return new TableFormat() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public TableSnapshot open(QualifiedName table, String location) {
                return new NamedSnapshot(table, name);
            }
        };
    }

    private String kind() {
        Optional<TableSnapshot> found = lake.table("main", "t");
        return found.isEmpty() ? "none" : String.valueOf(found.get().version());
    }

    @Test
    void isNeverOfAnotherKind() {
        List<String> kinds = new ArrayList<>();
        store.afterEachDeletion(
                path -> {
                    String kind = kind();
                    if (kinds.isEmpty() || !kinds.getLast().equals(kind)) {
                        kinds.add(kind);
                    }
                });
        assertThat(kind()).isEqualTo("delta");
        assertThat(store.deleteFolder(TABLE)).isTrue();
        assertThat(kinds).containsExactly("delta", "none");
        assertThat(store.allFiles(TABLE)).isEmpty();
        assertThat(store.deleteFolder(TABLE)).isFalse();
    }

    @Test
    void takesLateFilesAlong() {
        store.afterEachDeletion(
                path -> {
                    if (path.endsWith("00000000000000000001.json")) {
                        store.put(TABLE + "/late.parquet", new byte[0]);
                        store.put(TABLE + "/_delta_log/00000000000000000002.json", new byte[0]);
                    }
                });
        assertThat(store.deleteFolder(TABLE)).isTrue();
        assertThat(store.allFiles(TABLE)).isEmpty();
        assertThat(kind()).isEqualTo("none");
    }
}
