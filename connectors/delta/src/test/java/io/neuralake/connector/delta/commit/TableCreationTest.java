package io.neuralake.connector.delta.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.delta.log.TableState;
import io.neuralake.spi.change.ColumnDefinition;
import io.neuralake.spi.change.SupportsTableChanges.CreateMode;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.change.TableTransaction;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Makes, replaces and drops tables.
class TableCreationTest {
    private final Path folder;
    private final ChangedTable table;

    TableCreationTest(@TempDir Path temporary) {
        this.folder = temporary.resolve("t");
        this.table = new ChangedTable(folder);
    }

    @Test
    void newTablesHaveTheFeaturesThatTheyShould() {
        table.create();
        TableState state = table.reread();
        assertThat(state.protocol().minReaderVersion()).isEqualTo(3);
        assertThat(state.protocol().minWriterVersion()).isEqualTo(7);
        assertThat(state.protocol().readerFeatures())
                .containsExactlyInAnyOrder("columnMapping", "deletionVectors", "v2Checkpoint");
        assertThat(state.protocol().writerFeatures())
                .containsExactlyInAnyOrder(
                        "appendOnly",
                        "invariants",
                        "columnMapping",
                        "deletionVectors",
                        "v2Checkpoint",
                        "inCommitTimestamp");
        assertThat(state.metadata().properties())
                .containsEntry("delta.enableInCommitTimestamps", "true")
                .containsEntry("delta.enableDeletionVectors", "true")
                .containsEntry("delta.columnMapping.mode", "name")
                .containsEntry("delta.columnMapping.maxColumnId", "1")
                .containsEntry("delta.checkpointPolicy", "v2")
                .containsEntry("delta.checkpointInterval", "100");
        assertThat(table.commit(0).getFirst())
                .startsWith("{\"commitInfo\":{\"inCommitTimestamp\":")
                .contains("\"operation\":\"CREATE TABLE\"");
        assertThat(table.logFiles()).containsExactly("00000000000000000000.json");
    }

    @Test
    void propertiesTurnFeaturesOff() {
        table.create(
                ChangedTable.definition(
                        Map.of(
                                "delta.enableInCommitTimestamps", "false",
                                "delta.enableDeletionVectors", "false",
                                "delta.columnMapping.mode", "none",
                                "delta.checkpointPolicy", "classic",
                                "owner", "me"),
                        ChangedTable.column("n", ScalarType.BIGINT)));
        TableState state = table.reread();
        assertThat(state.protocol().minReaderVersion()).isEqualTo(1);
        assertThat(state.protocol().minWriterVersion()).isEqualTo(2);
        assertThat(state.metadata().properties()).containsEntry("owner", "me");
        assertThat(state.metadata().schema().physicalPath(0, List.of())).containsExactly("n");
        table.append("a");
        assertThat(table.commit(1).getFirst()).doesNotContain("inCommitTimestamp");
    }

    @Test
    void definitionComesBack() {
        TableDefinition definition =
                new TableDefinition(
                        List.of(
                                new ColumnDefinition(
                                        new Field("id", ScalarType.BIGINT, false),
                                        null,
                                        null,
                                        false,
                                        "the key"),
                                new ColumnDefinition(
                                        Field.of("at", ScalarType.TIMESTAMP),
                                        "now()",
                                        null,
                                        false,
                                        ""),
                                new ColumnDefinition(
                                        Field.of("day", ScalarType.DATE),
                                        null,
                                        "CAST(at AS DATE)",
                                        false,
                                        ""),
                                ChangedTable.column("price", new DecimalType(38, 10)),
                                ChangedTable.column(
                                        "nested",
                                        new StructType(
                                                List.of(
                                                        Field.of(
                                                                "list",
                                                                new ListType(
                                                                        new StructType(
                                                                                List.of(
                                                                                        Field.of(
                                                                                                "x",
                                                                                                ScalarType
                                                                                                        .REAL))))),
                                                        Field.of(
                                                                "map",
                                                                new MapType(
                                                                        ScalarType.VARCHAR,
                                                                        ScalarType.SMALLINT)))))),
                        List.of("day"),
                        List.of(),
                        Map.of("positive", "id > 0"),
                        Map.of("delta.appendOnly", "true"),
                        "a table");
        table.create(definition);
        TableDefinition read = table.open().definition();
        assertThat(read.columns()).isEqualTo(definition.columns());
        assertThat(read.partitionColumns()).containsExactly("day");
        assertThat(read.checks()).isEqualTo(definition.checks());
        assertThat(read.properties()).containsEntry("delta.appendOnly", "true");
        assertThat(read.properties()).doesNotContainKey("delta.constraints.positive");
        assertThat(read.comment()).isEqualTo("a table");
        TableState state = table.reread();
        assertThat(state.protocol().writerFeatures())
                .contains(
                        "checkConstraints",
                        "generatedColumns",
                        "allowColumnDefaults",
                        "timestampNtz");
        assertThat(state.metadata().properties())
                .containsEntry("delta.columnMapping.maxColumnId", "8");
    }

    @Test
    void clusteredTablesKeepTheirColumnsByPhysicalName() {
        table.create(
                new TableDefinition(
                        List.of(
                                ChangedTable.column("a", ScalarType.BIGINT),
                                ChangedTable.column("b", ScalarType.VARCHAR)),
                        List.of(),
                        List.of("B"),
                        Map.of(),
                        Map.of(),
                        ""));
        TableState state = table.reread();
        assertThat(state.protocol().writerFeatures()).contains("clustering", "domainMetadata");
        assertThat(state.domains().get("delta.clustering"))
                .isEqualTo(
                        "{\"clusteringColumns\":[[\""
                                + state.metadata().schema().physicalPath(1, List.of()).get(0)
                                + "\"]]}");
        assertThat(table.open().definition().clusterColumns()).containsExactly("b");
    }

    @Test
    void whatDeltaLacksIsRefused() {
        assertRefused(
                ErrorCode.UNSUPPORTED,
                "Delta tables have no such type: column t is TIME",
                ChangedTable.definition(ChangedTable.column("t", ScalarType.TIME)));
        assertRefused(
                ErrorCode.UNSUPPORTED,
                "column s.x is INTERVAL",
                ChangedTable.definition(
                        ChangedTable.column(
                                "s",
                                new StructType(
                                        List.of(Field.of("x", ScalarType.INTERVAL_DAY_TIME))))));
        assertRefused(
                ErrorCode.DUPLICATE_NAME,
                "Column exists: N",
                ChangedTable.definition(
                        ChangedTable.column("n", ScalarType.DATE),
                        ChangedTable.column("N", ScalarType.DATE)));
        for (Map.Entry<String, String> property :
                Map.of(
                                "delta.enableDeletionVectors", "maybe",
                                "delta.unheardOf", "1",
                                "delta.columnMapping.maxColumnId", "7",
                                "delta.constraints.c", "1 = 1",
                                "delta.logRetentionDuration", "forever",
                                "delta.feature.deletionVectors", "off")
                        .entrySet()) {
            assertRefused(
                    ErrorCode.INVALID_PARAMETER,
                    property.getKey(),
                    ChangedTable.definition(
                            Map.of(property.getKey(), property.getValue()),
                            ChangedTable.column("n", ScalarType.BIGINT)));
        }
        assertRefused(
                ErrorCode.UNSUPPORTED,
                "icebergCompatV2",
                ChangedTable.definition(
                        Map.of("delta.feature.icebergCompatV2", "supported"),
                        ChangedTable.column("n", ScalarType.BIGINT)));
        assertThat(folder).doesNotExist();
    }

    private void assertRefused(ErrorCode code, String message, TableDefinition definition) {
        assertThatThrownBy(() -> table.create(definition))
                .isInstanceOfSatisfying(
                        NeuralakeException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    @Test
    void nothingIsThereBeforeTheCommit() {
        try (TableTransaction transaction =
                table.format.create(
                        ChangedTable.NAME,
                        folder.toString(),
                        ChangedTable.definition(ChangedTable.column("n", ScalarType.BIGINT)),
                        CreateMode.CREATE)) {
            assertThatThrownBy(table::open)
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_NOT_FOUND));
            assertThat(transaction.table()).isEqualTo(ChangedTable.NAME);
        }
        assertThat(folder).doesNotExist();
    }

    @Test
    void ofTwoWhoMakeATableOneWins() {
        TableDefinition definition =
                ChangedTable.definition(ChangedTable.column("n", ScalarType.BIGINT));
        try (TableTransaction first =
                        table.format.create(
                                ChangedTable.NAME,
                                folder.toString(),
                                definition,
                                CreateMode.CREATE);
                TableTransaction second =
                        table.format.create(
                                ChangedTable.NAME,
                                folder.toString(),
                                definition,
                                CreateMode.CREATE_OR_REPLACE)) {
            assertThat(first.commit()).isZero();
            assertThatThrownBy(second::commit)
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.TRANSACTION_CONFLICT));
        }
        assertThat(table.open().state().version()).isZero();
        assertThatThrownBy(table::create)
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.TABLE_EXISTS));
    }

    @Test
    void replacedTableKeepsItsIdentifierAndHistory() {
        table.create();
        String id = table.open().state().metadata().id();
        table.append("a", "b");
        try (TableTransaction transaction =
                table.format.create(
                        ChangedTable.NAME,
                        folder.toString(),
                        ChangedTable.definition(ChangedTable.column("s", ScalarType.VARCHAR)),
                        CreateMode.CREATE_OR_REPLACE)) {
            assertThat(transaction.commit()).isEqualTo(2);
        }
        TableState state = table.reread();
        assertThat(state.metadata().id()).isEqualTo(id);
        assertThat(state.fileCount()).isZero();
        assertThat(state.metadata().schema().schema().field(0).name()).isEqualTo("s");
        assertThat(state.metadata().properties())
                .containsEntry("delta.columnMapping.maxColumnId", "2");
        assertThat(table.commit(2)).hasSize(4);
        assertThat(table.open().state().fileCount()).isZero();
    }

    @Test
    void replacingOneThatIsNotThereFails() {
        assertThatThrownBy(
                        () ->
                                table.format.create(
                                        ChangedTable.NAME,
                                        folder.toString(),
                                        ChangedTable.definition(
                                                ChangedTable.column("n", ScalarType.BIGINT)),
                                        CreateMode.REPLACE))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.TABLE_NOT_FOUND));
    }

    @Test
    void droppedTableIsGoneAndCanBeMadeAnew() throws Exception {
        table.create();
        table.append("a");
        Files.writeString(folder.resolve("a"), "rows");
        assertThat(table.format.drop(folder.toString())).isTrue();
        assertThat(folder).doesNotExist();
        assertThat(Files.list(folder.getParent())).isEmpty();
        assertThat(table.format.drop(folder.toString())).isFalse();
        table.create();
        assertThat(table.open().state().version()).isZero();
        assertThat(table.open().state().fileCount()).isZero();
    }

    @Test
    void featuresCanBeAskedFor() {
        table.create(
                ChangedTable.definition(
                        Map.of(
                                "delta.feature.vacuumProtocolCheck", "supported",
                                "delta.enableRowTracking", "true",
                                "delta.enableChangeDataFeed", "TRUE"),
                        ChangedTable.column("n", ScalarType.BIGINT)));
        Set<String> features = table.reread().protocol().writerFeatures();
        assertThat(features)
                .contains("vacuumProtocolCheck", "rowTracking", "domainMetadata", "changeDataFeed");
        assertThat(table.open().definition().properties())
                .containsEntry("delta.enableChangeDataFeed", "true");
    }
}
