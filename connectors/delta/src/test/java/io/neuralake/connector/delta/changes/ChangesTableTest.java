package io.neuralake.connector.delta.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.delta.WrittenTable;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.storage.LocalStore;
import io.neuralake.storage.ObjectStore;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/// Lists what commits changed.
class ChangesTableTest {
    private static final Schema NUMBERS = Schema.of(Field.of("n", ScalarType.BIGINT));
    private static final String DEFINITION =
            WrittenTable.metadata(WrittenTable.field("n", "long"), "", "");

    private final Path folder;
    private final WrittenTable table;
    private final List<String> requests = new ArrayList<>();

    ChangesTableTest(@TempDir Path temporary) {
        this.folder = temporary.resolve("t");
        this.table = new WrittenTable(folder, counted(new LocalStore()));
    }

    /// Notes what a store is asked about commits.
    private ObjectStore counted(ObjectStore store) {
        return (ObjectStore)
                Proxy.newProxyInstance(
                        ObjectStore.class.getClassLoader(),
                        new Class<?>[] {ObjectStore.class},
                        (_, method, arguments) -> {
                            if (String.valueOf(arguments[0]).contains("_delta_log")) {
                                requests.add(method.getName());
                            }
                            try {
                                return method.invoke(store, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    @Test
    void asksForEachCommitOnce() {
        table.commit(0, WrittenTable.PROTOCOL, DEFINITION);
        for (int version = 1; version <= 30; version++) {
            write(version + ".parquet", version);
            table.commit(version, table.add(version + ".parquet", "", ""));
        }
        DeltaTable newest = (DeltaTable) table.open();
        requests.clear();
        ChangesTable changes = new ChangeRange(new TableVersion.Number(1), null).of(newest);
        assertThat(table.rows(changes)).hasSize(30);
        assertThat(requests).filteredOn("read"::equals).hasSize(30);
        assertThat(requests).filteredOn(request -> !request.equals("read")).hasSize(1);
    }

    @AfterEach
    void close() {
        table.close();
    }

    private void write(String path, long... numbers) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (long number : numbers) {
            rows.add(List.of(number));
        }
        table.write(path, NUMBERS, rows);
    }

    /// Returns value, kind and version of each change.
    private List<String> changes(long from, @Nullable Long to) {
        ChangeRange range =
                new ChangeRange(
                        new TableVersion.Number(from),
                        to == null ? null : new TableVersion.Number(to));
        List<String> changes = new ArrayList<>();
        for (List<@Nullable Object> row : table.rows(range.of((DeltaTable) table.open()))) {
            changes.add(row.get(0) + " " + row.get(1) + " " + row.get(2));
            assertThat(row.getLast()).isInstanceOf(Long.class);
        }
        return changes;
    }

    @Test
    void listsWholeFiles() {
        write("a.parquet", 1, 2);
        write("b.parquet", 3);
        table.commit(0, WrittenTable.PROTOCOL, DEFINITION, table.add("a.parquet", "", ""));
        table.commit(1, table.add("b.parquet", "", ""));
        table.commit(2, WrittenTable.remove("a.parquet"));
        table.commit(
                3,
                table.add("a.parquet", "", "")
                        .replace("\"dataChange\":true", "\"dataChange\":false"));
        assertThat(changes(0, null))
                .containsExactlyInAnyOrder(
                        "1 insert 0", "2 insert 0", "3 insert 1", "1 delete 2", "2 delete 2");
        assertThat(changes(1, 1L)).containsExactly("3 insert 1");
    }

    @Test
    void listsFilesOfChangesAlone() {
        write("a.parquet", 1);
        write("b.parquet", 5);
        table.write(
                "_change_data/c.parquet",
                Schema.of(
                        Field.of("n", ScalarType.BIGINT),
                        Field.of("_change_type", ScalarType.VARCHAR)),
                List.of(List.of(1L, "update_preimage"), List.of(5L, "update_postimage")));
        table.commit(0, WrittenTable.PROTOCOL, DEFINITION, table.add("a.parquet", "", ""));
        table.commit(
                1,
                WrittenTable.remove("a.parquet"),
                table.add("b.parquet", "", ""),
                table.add("_change_data/c.parquet", "", "").replace("\"add\"", "\"cdc\""));
        assertThat(changes(1, null)).containsExactly("1 update_preimage 1", "5 update_postimage 1");
    }

    @Test
    void listsRowsBetweenDeletionVectors() throws IOException {
        write("a.parquet", 10, 11, 12, 13, 14);
        table.commit(
                0,
                "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,"
                        + "\"readerFeatures\":[\"deletionVectors\"],"
                        + "\"writerFeatures\":[\"deletionVectors\"]}}",
                DEFINITION,
                table.add("a.parquet", "", ""));
        String first = vector("one.bin", 1);
        String second = vector("two.bin", 1, 3);
        String third = vector("three.bin", 3);
        table.commit(1, WrittenTable.remove("a.parquet"), table.add("a.parquet", "", first));
        table.commit(2, removed(first), table.add("a.parquet", "", second));
        table.commit(3, removed(second), table.add("a.parquet", "", third));
        table.commit(4, removed(third));
        assertThat(changes(1, null))
                .containsExactlyInAnyOrder(
                        "11 delete 1",
                        "13 delete 2",
                        "11 insert 3",
                        "10 delete 4",
                        "11 delete 4",
                        "12 delete 4",
                        "14 delete 4");
    }

    private static String removed(String vector) {
        return "{\"remove\":{\"path\":\"a.parquet\",\"deletionTimestamp\":1,\"dataChange\":true"
                + vector
                + "}}";
    }

    private String vector(String name, int... rows) throws IOException {
        RoaringBitmap bitmap = RoaringBitmap.bitmapOf(rows);
        ByteBuffer data =
                ByteBuffer.allocate(16 + bitmap.serializedSizeInBytes())
                        .order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(1681511377).putLong(1).putInt(0);
        bitmap.serialize(data);
        CRC32 checksum = new CRC32();
        checksum.update(data.array());
        ByteBuffer file = ByteBuffer.allocate(1 + 4 + data.capacity() + 4);
        file.put((byte) 1).putInt(data.capacity()).put(data.array());
        file.putInt((int) checksum.getValue());
        Path path = folder.resolve(name);
        Files.write(path, file.array());
        return ",\"deletionVector\":{\"storageType\":\"p\",\"pathOrInlineDv\":\""
                + path.toUri()
                + "\",\"offset\":1,\"sizeInBytes\":"
                + data.capacity()
                + ",\"cardinality\":"
                + rows.length
                + "}";
    }

    @Test
    void saysWhatIsGone() throws IOException {
        write("a.parquet", 1);
        table.commit(0, WrittenTable.PROTOCOL, DEFINITION);
        table.commit(1, table.add("a.parquet", "", ""));
        assertThatThrownBy(() -> changes(1, 9L))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER));
        Files.delete(folder.resolve("a.parquet"));
        assertThatThrownBy(() -> changes(1, null))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.FILE_NOT_FOUND);
                            assertThat(e).hasMessageContaining("version 1");
                        });
    }

    @Test
    void addsColumnsThatComeLater() {
        write("a.parquet", 1);
        table.commit(0, WrittenTable.PROTOCOL, DEFINITION, table.add("a.parquet", "", ""));
        table.commit(
                1,
                WrittenTable.metadata(
                        WrittenTable.field("n", "long") + "," + WrittenTable.field("s", "string"),
                        "",
                        ""));
        assertThat(changes(0, null)).containsExactly("1 null insert");
        table.commit(2, WrittenTable.metadata(WrittenTable.field("n", "string"), "", ""));
        assertThatThrownBy(() -> changes(0, null))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
    }
}
