package io.neuralake.connector.delta.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.connector.delta.WrittenTable;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.change.ChangeInfo;
import io.neuralake.spi.change.ChangeOperation;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.change.TableTransaction;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What is remembered of versions from one use to the next.
class RecentStatisticsTest {
    @TempDir private Path folder;

    @Test
    void changesShareTheStatisticsOfTheirVersion() {
        try (WrittenTable written = new WrittenTable(folder)) {
            written.write(
                    "a.parquet",
                    Schema.of(Field.of("n", ScalarType.BIGINT)),
                    List.of(List.of(1L), List.of(2L)));
            written.commit(
                    0,
                    WrittenTable.PROTOCOL,
                    WrittenTable.metadata(WrittenTable.field("n", "long"), "", ""),
                    written.add("a.parquet", "", ""));
            DeltaTable table = (DeltaTable) written.open();
            TableStatistics known = table.statistics();
            try (TableTransaction transaction = table.begin();
                    TableChange change =
                            transaction.change(
                                    new ChangeInfo(ChangeOperation.UPDATE, Map.of(), "tester"))) {
                assertThat(((DeltaTable) change.snapshot()).statistics()).isSameAs(known);
                assertThat(((DeltaTable) change.snapshot()).state()).isSameAs(table.state());
            }
            written.commit(1, "{\"txn\":{\"appId\":\"x\",\"version\":1}}");
            assertThat(((DeltaTable) written.open()).statistics()).isNotSameAs(known);
        }
    }
}
