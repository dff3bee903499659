package io.neuralake.connector.delta.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.delta.log.TableState;
import io.neuralake.spi.change.ColumnDefinition;
import io.neuralake.spi.change.TableAlteration;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Changes definitions, each read back through the kernel.
class AlterationsTest {
    private static final Map<String, String> OLD =
            Map.of(
                    "delta.enableInCommitTimestamps", "false",
                    "delta.enableDeletionVectors", "false",
                    "delta.columnMapping.mode", "none",
                    "delta.checkpointPolicy", "classic");

    private final ChangedTable table;

    AlterationsTest(@TempDir Path temporary) {
        table = new ChangedTable(temporary.resolve("t"));
    }

    private void create() {
        create(Map.of());
    }

    private void create(Map<String, String> properties) {
        table.create(
                ChangedTable.definition(
                        properties,
                        ChangedTable.column("n", ScalarType.INTEGER),
                        ChangedTable.column(
                                "s",
                                new StructType(
                                        List.of(
                                                Field.of("x", ScalarType.REAL),
                                                Field.of(
                                                        "l",
                                                        new ListType(new DecimalType(5, 2)))))),
                        ChangedTable.column("v", ScalarType.VARCHAR)));
    }

    private List<String> names() {
        return table.reread().metadata().schema().schema().fields().stream()
                .map(Field::name)
                .toList();
    }

    private void assertRefused(ErrorCode code, String message, TableAlteration alteration) {
        assertThatThrownBy(() -> table.alter(alteration))
                .isInstanceOfSatisfying(
                        NeuralakeException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    private static TableAlteration.SetProperties set(String name, String value) {
        return new TableAlteration.SetProperties(Map.of(name, value));
    }

    @Test
    void addsColumnsAtTheirPlaces() {
        create();
        table.alter(
                new TableAlteration.AddColumn(
                        List.of(), ChangedTable.column("first", ScalarType.DATE), ""));
        table.alter(
                new TableAlteration.AddColumn(
                        List.of(), ChangedTable.column("mid", ScalarType.DATE), "N"));
        table.alter(
                new TableAlteration.AddColumn(
                        List.of("s"), ChangedTable.column("y", ScalarType.TIMESTAMP), "x"));
        assertThat(names()).containsExactly("first", "n", "mid", "s", "v");
        TableState state = table.reread();
        assertThat(((StructType) state.metadata().schema().schema().field(3).type()).fields())
                .extracting(Field::name)
                .containsExactly("x", "y", "l");
        assertThat(state.metadata().properties())
                .containsEntry("delta.columnMapping.maxColumnId", "8");
        assertThat(state.protocol().readerFeatures()).contains("timestampNtz");
        assertThat(table.commit(1).getFirst()).contains("\"operation\":\"ADD COLUMNS\"");
        assertRefused(
                ErrorCode.DUPLICATE_NAME,
                "Column exists: V",
                new TableAlteration.AddColumn(
                        List.of(), ChangedTable.column("V", ScalarType.DATE), null));
        assertRefused(
                ErrorCode.UNSUPPORTED,
                "NOT NULL",
                new TableAlteration.AddColumn(
                        List.of(),
                        ColumnDefinition.of(new Field("z", ScalarType.DATE, false)),
                        null));
        assertRefused(
                ErrorCode.UNSUPPORTED,
                "SET DEFAULT",
                new TableAlteration.AddColumn(
                        List.of(),
                        new ColumnDefinition(
                                Field.of("z", ScalarType.DATE), "now()", null, false, ""),
                        null));
        assertRefused(
                ErrorCode.COLUMN_NOT_FOUND,
                "Column not found: q",
                new TableAlteration.AddColumn(
                        List.of(), ChangedTable.column("z", ScalarType.DATE), "q"));
    }

    @Test
    void renamesAndDropsColumns() {
        create();
        List<String> physical = table.open().state().metadata().schema().physicalPath(0, List.of());
        table.alter(new TableAlteration.RenameColumn(List.of("N"), "m"));
        table.alter(new TableAlteration.RenameColumn(List.of("s", "x"), "z"));
        table.alter(new TableAlteration.DropColumn(List.of("v")));
        assertThat(names()).containsExactly("m", "s");
        assertThat(table.reread().metadata().schema().physicalPath(0, List.of()))
                .isEqualTo(physical);
        table.alter(new TableAlteration.DropColumn(List.of("s", "l")));
        assertRefused(
                ErrorCode.UNSUPPORTED,
                "last column",
                new TableAlteration.DropColumn(List.of("s", "z")));
        assertRefused(
                ErrorCode.DUPLICATE_NAME,
                "Column exists",
                new TableAlteration.RenameColumn(List.of("m"), "S"));
        // The name is free again, and files have another for it.
        table.alter(
                new TableAlteration.AddColumn(
                        List.of(), ChangedTable.column("v", ScalarType.DATE), null));
        assertThat(table.reread().metadata().properties())
                .containsEntry("delta.columnMapping.maxColumnId", "6");
    }

    @Test
    void columnsAreRenamedOnlyWhereTheyAreMapped() {
        create(OLD);
        assertRefused(
                ErrorCode.UNSUPPORTED,
                "SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name')",
                new TableAlteration.RenameColumn(List.of("n"), "m"));
        table.alter(set("delta.columnMapping.mode", "name"));
        TableState mapped = table.reread();
        assertThat(mapped.protocol().minReaderVersion()).isEqualTo(3);
        assertThat(mapped.protocol().readerFeatures()).containsExactly("columnMapping");
        assertThat(mapped.metadata().schema().physicalPath(1, List.of("x")))
                .containsExactly("s", "x");
        table.alter(new TableAlteration.RenameColumn(List.of("n"), "m"));
        assertThat(table.reread().metadata().schema().physicalPath(0, List.of()))
                .containsExactly("n");
        assertRefused(
                ErrorCode.UNSUPPORTED,
                "cannot be changed from 'name' to 'none'",
                set("delta.columnMapping.mode", "none"));
        assertRefused(
                ErrorCode.UNSUPPORTED,
                "cannot be turned off",
                new TableAlteration.UnsetProperties(List.of("delta.columnMapping.mode"), true));
    }

    @Test
    void columnsThatOthersNeedStay() {
        table.create(
                new TableDefinition(
                        List.of(
                                ChangedTable.column("a", ScalarType.BIGINT),
                                ChangedTable.column("p", ScalarType.BIGINT),
                                new ColumnDefinition(
                                        Field.of("g", ScalarType.BIGINT), null, "b + 1", false, ""),
                                ChangedTable.column("b", ScalarType.BIGINT)),
                        List.of("p"),
                        List.of(),
                        Map.of("c", "A > 0"),
                        Map.of(),
                        ""));
        assertRefused(
                ErrorCode.UNSUPPORTED,
                "a, constraint c",
                new TableAlteration.DropColumn(List.of("a")));
        assertRefused(
                ErrorCode.UNSUPPORTED,
                "b, generated g",
                new TableAlteration.RenameColumn(List.of("b"), "bb"));
        assertRefused(
                ErrorCode.UNSUPPORTED,
                "partition column",
                new TableAlteration.DropColumn(List.of("p")));
        table.alter(new TableAlteration.RenameColumn(List.of("p"), "q"));
        assertThat(table.reread().metadata().partitionColumns()).containsExactly("q");
        assertThat(table.open().definition().partitionColumns()).containsExactly("q");
    }

    @Test
    void typesBecomeWider() {
        create();
        TableAlteration wider = new TableAlteration.SetType(List.of("n"), ScalarType.BIGINT);
        assertRefused(ErrorCode.UNSUPPORTED, "'delta.enableTypeWidening' = 'true'", wider);
        table.alter(set("delta.enableTypeWidening", "true"));
        table.alter(wider);
        table.alter(new TableAlteration.SetType(List.of("s", "x"), ScalarType.DOUBLE));
        table.alter(
                new TableAlteration.SetType(List.of("s", "l", "element"), new DecimalType(10, 4)));
        TableState state = table.reread();
        assertThat(state.protocol().readerFeatures()).contains("typeWidening");
        assertThat(state.metadata().schema().schema().field(0).type()).isEqualTo(ScalarType.BIGINT);
        assertThat(state.metadata().schemaString())
                .contains(
                        "\"delta.typeChanges\":[{\"fromType\":\"integer\",\"toType\":\"long\"}]",
                        "{\"fromType\":\"float\",\"toType\":\"double\"}",
                        "{\"fromType\":\"decimal(5,2)\",\"toType\":\"decimal(10,4)\","
                                + "\"fieldPath\":\"element\"}");
        assertRefused(
                ErrorCode.UNSUPPORTED,
                "can only become wider: n from BIGINT to INTEGER",
                new TableAlteration.SetType(List.of("n"), ScalarType.INTEGER));
        assertRefused(
                ErrorCode.UNSUPPORTED,
                "can only become wider",
                new TableAlteration.SetType(List.of("v"), ScalarType.VARBINARY));
    }

    @Test
    void wideningFollowsTheProtocol() {
        assertThat(TypeWidening.allowed("byte", "short")).isTrue();
        assertThat(TypeWidening.allowed("integer", "double")).isTrue();
        assertThat(TypeWidening.allowed("long", "double")).isFalse();
        assertThat(TypeWidening.allowed("integer", "decimal(10,0)")).isTrue();
        assertThat(TypeWidening.allowed("integer", "decimal(11,2)")).isFalse();
        assertThat(TypeWidening.allowed("long", "decimal(20,0)")).isTrue();
        assertThat(TypeWidening.allowed("long", "decimal(19,0)")).isFalse();
        assertThat(TypeWidening.allowed("decimal(5,2)", "decimal(7,3)")).isTrue();
        assertThat(TypeWidening.allowed("decimal(5,2)", "decimal(5,3)")).isFalse();
        assertThat(TypeWidening.allowed("date", "timestamp_ntz")).isTrue();
        assertThat(TypeWidening.allowed("date", "timestamp")).isFalse();
        assertThat(TypeWidening.allowed("string", "binary")).isFalse();
    }

    @Test
    void checksAndDefaultsAskForTheirFeatures() {
        create(OLD);
        table.alter(new TableAlteration.AddCheck("Positive", "n > 0"));
        assertThat(table.reread().protocol().minWriterVersion()).isEqualTo(3);
        assertThat(table.reread().protocol().writerFeatures()).isEmpty();
        assertThat(table.open().definition().checks()).isEqualTo(Map.of("positive", "n > 0"));
        assertRefused(
                ErrorCode.DUPLICATE_NAME,
                "Constraint exists",
                new TableAlteration.AddCheck("POSITIVE", "n > 1"));
        table.alter(new TableAlteration.SetDefault(List.of("n"), "7"));
        assertThat(table.reread().protocol().minWriterVersion()).isEqualTo(7);
        assertThat(table.reread().protocol().writerFeatures())
                .containsExactlyInAnyOrder(
                        "appendOnly", "invariants", "checkConstraints", "allowColumnDefaults");
        assertThat(table.open().definition().columns().getFirst().defaultValue()).isEqualTo("7");
        table.alter(new TableAlteration.SetDefault(List.of("n"), null));
        assertThat(table.open().definition().columns().getFirst().defaultValue()).isNull();
        table.alter(new TableAlteration.DropCheck("positive", true));
        table.alter(new TableAlteration.DropCheck("positive", false));
        assertThat(table.open().definition().checks()).isEmpty();
        assertRefused(
                ErrorCode.INVALID_PARAMETER,
                "Constraint not found",
                new TableAlteration.DropCheck("positive", true));
    }

    @Test
    void commentsAndNullability() {
        create();
        table.alter(new TableAlteration.SetComment(List.of(), "rows"));
        table.alter(new TableAlteration.SetComment(List.of("v"), "text"));
        table.alter(new TableAlteration.SetNullable(List.of("n"), false));
        TableDefinition definition = table.open().definition();
        assertThat(definition.comment()).isEqualTo("rows");
        assertThat(definition.columns().get(2).comment()).isEqualTo("text");
        assertThat(definition.columns().get(0).field().nullable()).isFalse();
        table.alter(new TableAlteration.SetNullable(List.of("n"), true));
        table.alter(new TableAlteration.SetComment(List.of("v"), ""));
        assertThat(table.open().schema().field(0).nullable()).isTrue();
        assertThat(table.open().definition().columns().get(2).comment()).isEmpty();
    }

    @Test
    void propertiesAreSetAndRemoved() {
        create();
        table.alter(
                new TableAlteration.SetProperties(
                        Map.of("team", "a", "DELTA.CHECKPOINTINTERVAL", "7")));
        assertThat(table.reread().metadata().properties())
                .containsEntry("team", "a")
                .containsEntry("delta.checkpointInterval", "7");
        table.alter(new TableAlteration.UnsetProperties(List.of("team", "x"), false));
        assertThat(table.reread().metadata().properties()).doesNotContainKey("team");
        assertRefused(
                ErrorCode.INVALID_PARAMETER,
                "Property not set: team",
                new TableAlteration.UnsetProperties(List.of("team"), true));
        assertRefused(
                ErrorCode.UNSUPPORTED, "Row tracking", set("delta.enableRowTracking", "true"));
        long version = table.open().state().version();
        assertThat(table.alter(set("delta.checkpointInterval", "7")))
                .as("nothing changes")
                .isEqualTo(version);
    }

    @Test
    void timesInCommitsSayWhenTheyBegan() {
        create(OLD);
        table.append("a");
        table.alter(set("delta.enableInCommitTimestamps", "true"));
        TableState state = table.reread();
        assertThat(state.protocol().writerFeatures()).contains("inCommitTimestamp");
        assertThat(state.metadata().properties())
                .containsEntry("delta.inCommitTimestampEnablementVersion", "2")
                .containsEntry(
                        "delta.inCommitTimestampEnablementTimestamp",
                        Long.toString(state.millis()));
        assertThat(table.commit(2).getFirst()).contains("\"inCommitTimestamp\":" + state.millis());
        assertThat(table.open().state().millis()).isEqualTo(state.millis());
        table.append("b");
        assertThat(table.reread().millis()).isGreaterThan(state.millis());
        table.alter(set("delta.enableInCommitTimestamps", "false"));
        assertThat(table.reread().metadata().properties())
                .doesNotContainKey("delta.inCommitTimestampEnablementVersion");
    }

    @Test
    void clusteringIsADomain() {
        create();
        table.alter(new TableAlteration.ClusterBy(List.of("n", "v")));
        assertThat(table.reread().protocol().writerFeatures())
                .contains("clustering", "domainMetadata");
        assertThat(table.open().definition().clusterColumns()).containsExactly("n", "v");
        assertRefused(
                ErrorCode.UNSUPPORTED,
                "by which the table is clustered",
                new TableAlteration.DropColumn(List.of("n")));
        table.alter(new TableAlteration.RenameColumn(List.of("n"), "m"));
        assertThat(table.open().definition().clusterColumns()).containsExactly("m", "v");
        table.alter(new TableAlteration.ClusterBy(List.of()));
        assertThat(table.open().definition().clusterColumns()).isEmpty();
        assertRefused(
                ErrorCode.UNSUPPORTED,
                "cannot be clustered by a column of this type",
                new TableAlteration.ClusterBy(List.of("s")));
    }
}
