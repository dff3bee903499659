package io.neuralake.connector.delta.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.delta.WrittenTable;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.change.ChangeOperation;
import io.neuralake.spi.change.Compaction;
import io.neuralake.spi.change.CompactionOptions;
import io.neuralake.spi.change.RowAddress;
import io.neuralake.spi.change.TableAlteration;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Changes tables with columns of types whose values this program does not write.
class UnwrittenTypesTest {
    private static final StructType VARIANT =
            new StructType(
                    List.of(
                            new Field("metadata", ScalarType.VARBINARY, false),
                            new Field("value", ScalarType.VARBINARY, false)));
    private static final String VECTORS = "\"delta.enableDeletionVectors\":\"true\"";

    private final WrittenTable reader;
    private final ChangedTable table;

    UnwrittenTypesTest(@TempDir Path temporary) {
        reader = new WrittenTable(temporary.resolve("t"));
        table = new ChangedTable(temporary.resolve("t"));
    }

    @BeforeEach
    void write() {
        Schema schema = Schema.of(Field.of("n", ScalarType.BIGINT), Field.of("v", VARIANT));
        for (String name : new String[] {"a.parquet", "b.parquet"}) {
            reader.write(name, schema, List.of(row(1L), row(2L)));
        }
    }

    @AfterEach
    void close() {
        reader.close();
    }

    private static List<@Nullable Object> row(long n) {
        return List.of(n, List.of(new byte[] {1, 0, 0}, new byte[] {3 << 2, (byte) n}));
    }

    private void create(String properties) {
        String features = "\"deletionVectors\",\"variantType\",\"variantShredding\"";
        reader.commit(
                0,
                "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,\"readerFeatures\":["
                        + features
                        + "],\"writerFeatures\":["
                        + features
                        + ",\"changeDataFeed\"]}}",
                WrittenTable.metadata(
                        WrittenTable.field("n", "long") + "," + WrittenTable.field("v", "variant"),
                        "",
                        properties),
                reader.add("a.parquet", "", ",\"stats\":\"{\\\"numRecords\\\":2}\""),
                reader.add("b.parquet", "", ",\"stats\":\"{\\\"numRecords\\\":2}\""));
    }

    private static void refuses(ThrowingCallable action, String column) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                .hasMessageContaining("variant or void")
                .hasMessageEndingWith(": " + column);
    }

    private Batch values(List<?> numbers, List<?> texts) {
        return Batch.of(
                numbers.size(),
                ColumnBuilder.of(reader.allocator(), ScalarType.BIGINT, numbers),
                ColumnBuilder.of(reader.allocator(), ScalarType.VARCHAR, texts));
    }

    private void append() {
        try (DeltaTransaction transaction = table.begin();
                TableChange change = transaction.change(ChangedTable.info(ChangeOperation.APPEND));
                Batch rows = values(List.of(1L), Arrays.asList((Object) null))) {
            change.append(rows);
        }
    }

    private void deleteFirst() {
        try (DeltaTransaction transaction = table.begin()) {
            deleteFirst(transaction);
            transaction.commit();
        }
    }

    private void deleteFirst(DeltaTransaction transaction) {
        try (TableChange change = transaction.change(ChangedTable.info(ChangeOperation.DELETE))) {
            List<List<@Nullable Object>> rows = reader.rows(change.addressed());
            Schema addresses = Schema.of(RowAddress.FILE, RowAddress.ROW);
            List<@Nullable Object> first = rows.getFirst().subList(2, 4);
            try (Batch batch =
                    Batch.of(
                            1,
                            ColumnBuilder.of(
                                    reader.allocator(),
                                    addresses.field(0).type(),
                                    first.subList(0, 1)),
                            ColumnBuilder.of(
                                    reader.allocator(),
                                    addresses.field(1).type(),
                                    first.subList(1, 2)))) {
                change.delete(batch);
            }
            change.stage();
        }
    }

    @Test
    void deletedRowsThatMustBeFedAreRefusedBeforeTheCommit() {
        create(VECTORS + ",\"delta.enableChangeDataFeed\":\"true\"");
        try (DeltaTransaction transaction = table.begin()) {
            refuses(() -> deleteFirst(transaction), "v");
        }
    }

    @Test
    void rowsAreNotAdded() {
        create("");
        refuses(this::append, "v");
        assertThat(table.logFiles()).hasSize(1);
    }

    @Test
    void rowsAreDeletedBesideTheirFile() {
        create(VECTORS);
        deleteFirst();
        assertThat(reader.rows(table.open()))
                .containsExactlyInAnyOrder(List.of(2L, "2"), List.of(1L, "1"), List.of(2L, "2"));
    }

    @Test
    void filesAreNotWrittenAnew() {
        create("");
        refuses(this::deleteFirst, "v");
        try (DeltaTransaction transaction = table.begin();
                TableChange change =
                        transaction.change(ChangedTable.info(ChangeOperation.OPTIMIZE))) {
            Compaction compaction = change.compaction(new CompactionOptions(null, List.of()));
            try (Batch rows = values(List.of(1L), List.of("1"))) {
                refuses(() -> compaction.append(0, rows), "v");
            }
        }
    }

    @Test
    void allRowsAreDeleted() {
        create("");
        try (DeltaTransaction transaction = table.begin()) {
            try (TableChange change =
                    transaction.change(ChangedTable.info(ChangeOperation.DELETE))) {
                assertThat(change.deleteAll()).isEqualTo(4);
                change.stage();
            }
            transaction.commit();
        }
        assertThat(reader.rows(table.open())).isEmpty();
    }

    @Test
    void definitionsAreChanged() {
        create("");
        table.alter(
                new TableAlteration.AddColumn(
                        List.of(), ChangedTable.column("more", ScalarType.DATE), null));
        assertThat(table.reread().protocol().readerFeatures())
                .contains("variantType", "variantShredding");
        assertThat(table.open().schema().size()).isEqualTo(3);
        assertThat(reader.rows(table.open()).getFirst()).hasSize(3).contains("1");
    }

    @Test
    void columnsWithoutValuesAreNamedByTheirPath() {
        String struct =
                "{\"name\":\"s\",\"type\":{\"type\":\"struct\",\"fields\":["
                        + WrittenTable.field("gone", "void")
                        + "]},\"nullable\":true,\"metadata\":{}}";
        reader.commit(
                0,
                WrittenTable.PROTOCOL,
                WrittenTable.metadata(WrittenTable.field("n", "long") + "," + struct, "", ""));
        refuses(
                () -> {
                    try (DeltaTransaction transaction = table.begin();
                            TableChange change =
                                    transaction.change(ChangedTable.info(ChangeOperation.APPEND));
                            Batch rows = values(List.of(1L), List.of("x"))) {
                        change.append(rows);
                    }
                },
                "s.gone");
    }
}
