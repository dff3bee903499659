package io.neuralake.conformance.delta;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/// Random changes of Delta tables of several kinds: after every statement the table, an older version of
/// it and an aggregate over a part of it are the same as in DuckDB, and what followed tables say of their changes is what
/// changed.
class RandomChangesTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "1; plain; ``; ``",
                "2; partitioned; PARTITIONED BY (grp); ``",
                "3; rewriting files; ``; 'delta.enableDeletionVectors' = 'false'",
                "4; many partitions; PARTITIONED BY (day); ``",
                "5; mapped; PARTITIONED BY (name); 'delta.columnMapping.mode' = 'name'",
                "6; row tracking; CLUSTER BY (id); 'delta.enableRowTracking' = 'true'",
                "7; checkpoints; ``; 'delta.checkpointInterval' = '3', 'delta.checkpointPolicy' ="
                        + " 'v2'",
                "8; followed; PARTITIONED BY (grp); 'delta.enableChangeDataFeed' = 'true'",
                "9; followed, rewriting files; ``; 'delta.enableChangeDataFeed' = 'true',"
                        + " 'delta.enableDeletionVectors' = 'false', 'delta.enableRowTracking' ="
                        + " 'true'",
            })
    void tablesAreAsInDuckDb(int seed, String kind, String layout, String properties)
            throws IOException {
        for (int i = 0; i < Faults.full(10, 1); i++) {
            Random random = new Random(seed + 100L * i);
            Path place = Files.createDirectory(folder.resolve("run" + i));
            try (TwinTables tables = new TwinTables(place, kind.startsWith("followed"))) {
                String columns = "CREATE TABLE t (" + ChangeGenerator.COLUMNS + ")";
                String own = properties.isEmpty() ? "" : " TBLPROPERTIES (" + properties + ")";
                tables.both(columns + " " + layout + own, columns);
                ChangeGenerator changes =
                        new ChangeGenerator(random, kind.equals("mapped") || kind.equals("plain"));
                tables.both(changes.insertQuery());
                for (int step = 0; step < Faults.full(100, 25); step++) {
                    changes.step(tables);
                }
            }
        }
    }
}
