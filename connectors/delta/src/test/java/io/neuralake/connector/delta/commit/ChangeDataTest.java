package io.neuralake.connector.delta.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.delta.WrittenTable;
import io.neuralake.connector.delta.changes.ChangeRange;
import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.change.ChangeOperation;
import io.neuralake.spi.change.Compaction;
import io.neuralake.spi.change.CompactionOptions;
import io.neuralake.spi.change.TableAlteration;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Changes rows of tables whose changes are followed, or whose rows keep their identifiers.
class ChangeDataTest {
    private final WrittenTable reader;
    private final ChangedTable table;

    ChangeDataTest(@TempDir Path temporary) {
        reader = new WrittenTable(temporary.resolve("unused"));
        table = new ChangedTable(temporary.resolve("t"));
    }

    @AfterEach
    void close() {
        reader.close();
    }

    private void create(boolean vectors, String property) {
        table.create(
                new TableDefinition(
                        List.of(
                                ChangedTable.column("n", ScalarType.BIGINT),
                                ChangedTable.column("s", ScalarType.VARCHAR)),
                        List.of(),
                        List.of(),
                        Map.of(),
                        Map.of("delta.enableDeletionVectors", "" + vectors, property, "true"),
                        ""));
    }

    private Batch batch(Schema schema, List<List<@Nullable Object>> rows) {
        Column[] columns = new Column[schema.size()];
        for (int i = 0; i < columns.length; i++) {
            List<@Nullable Object> values = new ArrayList<>();
            for (List<@Nullable Object> row : rows) {
                values.add(row.get(i));
            }
            columns[i] = ColumnBuilder.of(reader.allocator(), schema.field(i).type(), values);
        }
        return Batch.of(rows.size(), columns);
    }

    private void append(DeltaTransaction transaction, long... numbers) {
        try (TableChange change = transaction.change(ChangedTable.info(ChangeOperation.APPEND))) {
            append(change, numbers);
            change.stage();
        }
    }

    private void append(TableChange change, long... numbers) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (long n : numbers) {
            rows.add(Arrays.asList(n, "v" + n));
        }
        try (Batch batch = batch(change.snapshot().schema(), rows)) {
            change.append(batch);
        }
    }

    private void append(long... numbers) {
        try (DeltaTransaction transaction = table.begin()) {
            append(transaction, numbers);
            transaction.commit();
        }
    }

    /// Changes rows in a transaction of several statements.
    ///
    /// @param set makes the text of a row; null to delete
    private void change(
            DeltaTransaction transaction,
            Predicate<Long> where,
            @Nullable Function<String, String> set) {
        ChangeOperation operation = set == null ? ChangeOperation.DELETE : ChangeOperation.UPDATE;
        try (TableChange change = transaction.change(ChangedTable.info(operation))) {
            change(change, where, set);
            change.stage();
        }
    }

    private void change(
            TableChange change, Predicate<Long> where, @Nullable Function<String, String> set) {
        List<List<@Nullable Object>> addresses = new ArrayList<>();
        List<List<@Nullable Object>> updated = new ArrayList<>();
        for (List<@Nullable Object> row : reader.rows(change.addressed())) {
            if (where.test((Long) Objects.requireNonNull(row.getFirst()))) {
                addresses.add(row.subList(2, row.size()));
                if (set != null) {
                    updated.add(Arrays.asList(row.get(0), set.apply((String) row.get(1))));
                }
            }
        }
        Schema all = change.addressed().schema();
        Schema columns = new Schema(all.fields().subList(2, all.size()));
        try (Batch at = batch(columns, addresses);
                Batch rows = batch(change.snapshot().schema(), updated)) {
            long twice = set == null ? change.delete(at) : change.replace(at, rows);
            assertThat(twice).isZero();
        }
    }

    /// Changes rows in a transaction of one statement.
    private void changeOnly(Predicate<Long> where, @Nullable Function<String, String> set) {
        try (DeltaTransaction transaction = table.begin()) {
            try (TableChange change =
                    transaction.onlyChange(ChangedTable.info(ChangeOperation.UPDATE))) {
                change(change, where, set);
                change.stage();
            }
            transaction.commit();
        }
    }

    private List<String> changes(long version) {
        TableVersion at = new TableVersion.Number(version);
        return reader.rows(new ChangeRange(at, at).of(table.open())).stream()
                .map(
                        row ->
                                row.subList(1, row.size() - 2).stream()
                                        .map(String::valueOf)
                                        .collect(Collectors.joining(" ")))
                .sorted()
                .toList();
    }

    private boolean isListed(long version) {
        return table.commit(version).toString().contains("\"cdc\":{");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void statementsTellWhichRowsTheyChange(boolean vectors) {
        create(vectors, "delta.enableChangeDataFeed");
        append(1, 2, 3, 4, 5);
        changeOnly(n -> n % 2 == 0, s -> s + "!");
        changeOnly(n -> n == 3, null);
        assertThat(isListed(1)).as("rows that are added").isFalse();
        assertThat(changes(1))
                .containsExactly("v1 insert", "v2 insert", "v3 insert", "v4 insert", "v5 insert");
        assertThat(changes(2))
                .containsExactly(
                        "v2 update_preimage",
                        "v2! update_postimage",
                        "v4 update_preimage",
                        "v4! update_postimage");
        assertThat(changes(3)).containsExactly("v3 delete");
        assertThat(isListed(2) && isListed(3)).isTrue();
        assertThat(table.commit(2).toString())
                .contains("\"dataChange\":false")
                .contains("\"numAddedChangeFiles\":\"1\"");
        table.reread();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void transactionsTellWhatIsDifferentInTheEnd(boolean vectors) {
        create(vectors, "delta.enableChangeDataFeed");
        append(1, 2, 3, 4, 5, 6);
        append(7);
        try (DeltaTransaction transaction = table.begin()) {
            append(transaction, 10, 11, 12);
            change(transaction, n -> n == 1 || n == 2 || n == 10 || n == 11, s -> s + "!");
            change(transaction, n -> n == 2 || n == 3 || n == 11 || n == 7, null);
            change(transaction, n -> n == 1 || n == 4 || n == 10, s -> s + "?");
            change(transaction, n -> n == 12, null);
            change(transaction, n -> n == 5, s -> s + "#");
            transaction.commit();
        }
        assertThat(changes(3))
                .containsExactly(
                        "v1 update_preimage",
                        "v1!? update_postimage",
                        "v10!? insert",
                        "v2 delete",
                        "v3 delete",
                        "v4 update_preimage",
                        "v4? update_postimage",
                        "v5 update_preimage",
                        "v5# update_postimage",
                        "v7 delete");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatCameAndWentIsNoChange(boolean vectors) {
        create(vectors, "delta.enableChangeDataFeed");
        append(1, 2);
        try (DeltaTransaction transaction = table.begin()) {
            append(transaction, 3, 4);
            change(transaction, n -> n == 3, s -> s + "!");
            change(transaction, n -> n > 2, null);
            append(transaction, 5);
            transaction.commit();
        }
        assertThat(changes(2)).containsExactly("v5 insert");
        assertThat(isListed(2)).isFalse();
    }

    @Test
    void wholeFilesTellThemselves() {
        create(true, "delta.enableChangeDataFeed");
        append(1, 2);
        append(3);
        changeOnly(n -> n == 3, null);
        assertThat(changes(3)).containsExactly("v3 delete");
        try (DeltaTransaction transaction = table.begin()) {
            try (TableChange change =
                    transaction.onlyChange(ChangedTable.info(ChangeOperation.OVERWRITE))) {
                append(change, 8);
                change.deleteAll();
                change.stage();
            }
            transaction.commit();
        }
        assertThat(changes(4)).containsExactly("v1 delete", "v2 delete", "v8 insert");
        append(9);
        compact();
        assertThat(changes(6)).as("only arranged").isEmpty();
        try (DeltaTransaction transaction = table.begin()) {
            try (TableChange change =
                    transaction.onlyChange(ChangedTable.info(ChangeOperation.RESTORE))) {
                change.restore(new TableVersion.Number(2));
                change.stage();
            }
            transaction.commit();
        }
        assertThat(changes(7))
                .containsExactly("v1 insert", "v2 insert", "v3 insert", "v8 delete", "v9 delete");
        for (long version = 3; version <= 7; version++) {
            assertThat(isListed(version)).as("version %s", version).isFalse();
        }
    }

    private void compact() {
        try (DeltaTransaction transaction = table.begin()) {
            try (TableChange change =
                    transaction.onlyChange(ChangedTable.info(ChangeOperation.OPTIMIZE))) {
                Compaction compaction = change.compaction(new CompactionOptions(null, List.of()));
                Schema schema = compaction.groups().getFirst().schema();
                try (Batch rows =
                        batch(schema, reader.rows(compaction.groups().getFirst()).reversed())) {
                    compaction.append(0, rows);
                }
                compaction.replace(0);
                change.stage();
            }
            transaction.commit();
        }
    }

    @Test
    void rowsThatAMergeAddsAreListedWithTheOthers() {
        create(true, "delta.enableChangeDataFeed");
        append(1, 2);
        try (DeltaTransaction transaction = table.begin()) {
            try (TableChange change =
                    transaction.onlyChange(ChangedTable.info(ChangeOperation.MERGE))) {
                change.alter(
                        new TableAlteration.AddColumn(
                                List.of(), ChangedTable.column("more", ScalarType.BIGINT), null));
                List<List<@Nullable Object>> rows = reader.rows(change.addressed());
                Schema addressed = change.addressed().schema();
                List<List<@Nullable Object>> at =
                        List.of(
                                rows.getFirst().subList(2, 4),
                                Arrays.asList((Object) null, (Object) null));
                Schema wider =
                        Schema.of(
                                addressed.field(0),
                                addressed.field(1),
                                Field.of("more", ScalarType.BIGINT));
                try (Batch addresses =
                                batch(Schema.of(addressed.field(2), addressed.field(3)), at);
                        Batch merged =
                                batch(
                                        wider,
                                        List.of(
                                                Arrays.asList(1L, "m", 7L),
                                                Arrays.asList(9L, "n", 8L)))) {
                    assertThat(change.replace(addresses, merged)).isZero();
                }
                change.stage();
            }
            transaction.commit();
        }
        assertThat(changes(2))
                .containsExactly("m 7 update_postimage", "n 8 insert", "v1 null update_preimage");
        assertThat(isListed(2)).isTrue();
    }

    @Test
    void changesThatDoNotHappenLeaveNoFiles() throws IOException {
        create(true, "delta.enableChangeDataFeed");
        append(1, 2);
        try (DeltaTransaction transaction = table.begin()) {
            change(transaction, n -> n == 1, s -> s + "!");
            changeOnly(n -> n == 1, null);
            assertThatThrownBy(transaction::commit).hasMessageContaining("same file");
        }
        try (Stream<Path> files = Files.walk(table.folder.resolve("_change_data"))) {
            assertThat(files.filter(Files::isRegularFile)).hasSize(1);
        }
    }

    @Test
    void columnsAreNotCalledAsThoseOfChanges() {
        create(true, "delta.enableChangeDataFeed");
        assertThatThrownBy(
                        () ->
                                table.alter(
                                        new TableAlteration.AddColumn(
                                                List.of(),
                                                ChangedTable.column(
                                                        "_CHANGE_TYPE", ScalarType.BIGINT),
                                                null)))
                .hasMessageContaining("cannot be called");
    }

    /// Returns identifier and version of the rows, by text.
    private Map<String, List<Long>> identities() {
        Map<String, List<Long>> found = new HashMap<>();
        List<AddFile> files = table.open().files();
        try (DeltaTransaction transaction = table.begin();
                TableChange look = transaction.change(ChangedTable.info(ChangeOperation.APPEND))) {
            for (List<@Nullable Object> row : reader.rows(look.addressed())) {
                AddFile file = files.get((int) (long) (Long) Objects.requireNonNull(row.get(2)));
                long base = Objects.requireNonNull(file.details().baseRowId());
                long version = Objects.requireNonNull(file.details().rowCommitVersion());
                found.put(
                        (String) row.get(1),
                        List.of(
                                row.get(4) instanceof Long own
                                        ? own
                                        : base + (Long) Objects.requireNonNull(row.get(3)),
                                row.get(5) instanceof Long own ? own : version));
            }
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rowsKeepTheirIdentifiers(boolean vectors) {
        create(vectors, "delta.enableRowTracking");
        append(1, 2, 3);
        append(4, 5);
        changeOnly(n -> n == 2 || n == 5, s -> s + "!");
        changeOnly(n -> n == 1, null);
        Map<String, List<Long>> expected = new HashMap<>();
        expected.put("v3", List.of(2L, 1L));
        expected.put("v4", List.of(3L, 2L));
        expected.put("v2!", List.of(1L, 3L));
        expected.put("v5!", List.of(4L, 3L));
        assertThat(identities()).isEqualTo(expected);
        compact();
        assertThat(identities()).as("after a compaction").isEqualTo(expected);
        try (DeltaTransaction transaction = table.begin()) {
            append(transaction, 6, 7);
            change(transaction, n -> n == 2 || n == 6, s -> s + "?");
            change(transaction, n -> n == 7 || n == 4, null);
            change(transaction, n -> n == 2, s -> s + "#");
            transaction.commit();
        }
        expected.remove("v4");
        expected.remove("v2!");
        expected.put("v2!?#", List.of(1L, 6L));
        Map<String, List<Long>> found = identities();
        List<Long> added = Objects.requireNonNull(found.remove("v6?"));
        assertThat(found).isEqualTo(expected);
        assertThat(added.get(0)).isGreaterThan(4L);
        assertThat(added.get(1)).isEqualTo(6L);
        compact();
        found = identities();
        assertThat(found.remove("v6?")).isEqualTo(added);
        assertThat(found).isEqualTo(expected);
        for (long version = 1; version <= 7; version++) {
            assertThat(table.commit(version).toString())
                    .contains("\"delta.rowTracking.preserved\":\"true\"");
        }
    }
}
