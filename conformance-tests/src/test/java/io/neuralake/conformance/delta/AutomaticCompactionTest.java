package io.neuralake.conformance.delta;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/// Tables that ask for it are compacted by who changes them.
class AutomaticCompactionTest {
    private static final int INSERTS = 60;

    @TempDir Path folder;

    @Test
    void manySmallFilesBecomeOne() {
        try (EmbeddedLake lake = new EmbeddedLake(folder)) {
            lake.run(
                    "CREATE TABLE t (n INTEGER)"
                            + " TBLPROPERTIES ('delta.autoOptimize.autoCompact' = 'true')");
            lake.run("CREATE TABLE u (n INTEGER)");
            for (int i = 1; i <= INSERTS; i++) {
                lake.run("INSERT INTO t VALUES (" + i + ")");
                lake.run("INSERT INTO u VALUES (" + i + ")");
            }
            assertThat(lake.number("SELECT count(*) FROM table_files(t)")).isLessThan(20);
            assertThat(lake.number("SELECT count(*) FROM table_files(u)")).isEqualTo(INSERTS);
            assertThat(
                            lake.number(
                                    "SELECT count(*) FROM table_history(t)"
                                            + " WHERE operation = 'OPTIMIZE'"))
                    .isOne();
            assertThat(lake.number("SELECT sum(n) FROM t")).isEqualTo(INSERTS * (INSERTS + 1L) / 2);
        }
    }
}
