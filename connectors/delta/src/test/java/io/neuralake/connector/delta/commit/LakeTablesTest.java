package io.neuralake.connector.delta.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.change.SupportsTableChanges.CreateMode;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.change.TableTransaction;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.storage.LocalStore;
import io.neuralake.storage.lake.LakeCatalog;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Makes and drops tables of a lake by their names.
class LakeTablesTest {
    private static final TableDefinition DEFINITION =
            ChangedTable.definition(ChangedTable.column("n", ScalarType.BIGINT));

    private final Path folder;
    private final LakeCatalog lake;

    LakeTablesTest(@TempDir Path temporary) {
        folder = temporary;
        lake =
                new LakeCatalog(
                        "lake",
                        new LocalStore(),
                        temporary.toString(),
                        List.of(new ChangedTable(temporary.resolve("t")).format));
    }

    private long create(String schema, String table, CreateMode mode) {
        try (TableTransaction transaction = lake.create(schema, table, DEFINITION, mode)) {
            return transaction.commit();
        }
    }

    private void assertRefused(ErrorCode code, String schema, String table, CreateMode mode) {
        assertThatThrownBy(() -> create(schema, table, mode))
                .as("%s.%s", schema, table)
                .isInstanceOfSatisfying(
                        NeuralakeException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void tablesAreFoldersOfTheLakeAndOfItsSchemas() throws IOException {
        assertThat(create("main", "T", CreateMode.CREATE)).isZero();
        assertThat(folder.resolve("T/_delta_log")).isDirectory();
        assertRefused(ErrorCode.TABLE_EXISTS, "main", "t", CreateMode.CREATE);
        assertThat(create("main", "t", CreateMode.CREATE_OR_REPLACE)).isEqualTo(1);
        assertThat(create("main", "t", CreateMode.REPLACE)).isEqualTo(2);
        assertRefused(ErrorCode.TABLE_NOT_FOUND, "main", "u", CreateMode.REPLACE);
        assertRefused(ErrorCode.SCHEMA_NOT_FOUND, "s", "u", CreateMode.CREATE);
        Files.createDirectories(folder.resolve("s"));
        assertThat(create("S", "u", CreateMode.CREATE)).isZero();
        assertThat(folder.resolve("s/u/_delta_log")).isDirectory();
        assertThat(lake.schemas()).containsExactly("main", "s");
        assertRefused(ErrorCode.SCHEMA_NOT_FOUND, "T", "u", CreateMode.CREATE);
        assertThat(lake.drop("s", "u")).isTrue();
        assertThat(lake.tables("s")).isEmpty();
        assertThat(lake.drop("main", "T")).isTrue();
        assertThat(lake.drop("main", "T")).isFalse();
        assertThat(lake.table("main", "T")).isEmpty();
    }

    @Test
    void namesThatAreNoFoldersAreRefused() {
        for (String name :
                List.of("", "a/b", "a\\b", ".a", "_a", "..", "a=b", "a\nb", "x".repeat(201))) {
            assertRefused(ErrorCode.INVALID_PARAMETER, "main", name, CreateMode.CREATE);
        }
        assertThat(create("main", "Größe 7-x", CreateMode.CREATE)).isZero();
        assertThat(lake.tables("main")).containsExactly("Größe 7-x");
    }

    @Test
    void whatIsThereStays() throws IOException {
        Files.writeString(folder.resolve("c.csv"), "a\n1\n");
        Files.writeString(folder.resolve("file"), "");
        Files.createDirectories(folder.resolve("schema/x"));
        assertRefused(ErrorCode.TABLE_EXISTS, "main", "c", CreateMode.CREATE);
        assertRefused(ErrorCode.UNSUPPORTED, "main", "c", CreateMode.CREATE_OR_REPLACE);
        assertRefused(ErrorCode.TABLE_EXISTS, "main", "file", CreateMode.CREATE);
        assertRefused(ErrorCode.TABLE_EXISTS, "main", "schema", CreateMode.CREATE);
        assertThatThrownBy(() -> lake.drop("main", "c"))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
    }

    @Test
    void tableThatIsBeingMadeIsNoneYet() throws IOException {
        try (TableTransaction transaction =
                lake.create("main", "t", DEFINITION, CreateMode.CREATE)) {
            Files.writeString(folder.resolve("t/part.parquet"), "rows to come");
            assertThat(lake.tables("main")).isEmpty();
            assertThat(lake.table("main", "t")).isEmpty();
            assertThat(lake.schemas()).containsExactly("main");
            transaction.commit();
        }
        assertThat(lake.tables("main")).containsExactly("t");
    }
}
