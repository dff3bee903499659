package io.neuralake.connector.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.spi.catalog.SupportsTimeTravel;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.connector.ScanMetrics.Counter;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.zip.CRC32;

/// Reads tables whose logs say one thing each.
class DeltaFormatTest {
    private static final Schema NUMBERS = Schema.of(Field.of("n", ScalarType.BIGINT));
    private static final String LONG_N = WrittenTable.field("n", "long");

    private final Path temporary;
    private final WrittenTable table;

    DeltaFormatTest(@TempDir Path temporary) {
        this.temporary = temporary;
        this.table = new WrittenTable(temporary.resolve("t"));
    }

    @AfterEach
    void close() {
        table.close();
    }

    private static List<List<@Nullable Object>> numbers(long from, long to) {
        return LongStream.range(from, to).mapToObj(n -> row(n)).toList();
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }

    private void writeNumbers(String path, long from, long to) {
        table.write(path, NUMBERS, numbers(from, to));
    }

    @Test
    void followsCommits() {
        writeNumbers("a.parquet", 0, 3);
        writeNumbers("b.parquet", 10, 12);
        table.commit(
                0,
                WrittenTable.PROTOCOL,
                WrittenTable.metadata(LONG_N, "", ""),
                table.add("a.parquet", "", ""));
        TableSnapshot first = table.open();
        assertThat(table.rows(first)).isEqualTo(numbers(0, 3));
        assertThat(table.open()).isSameAs(first);

        table.commit(1, table.add("b.parquet", "", ""));
        assertThat(table.rows()).hasSize(5);
        assertThat(table.rows(first)).as("a version stays").isEqualTo(numbers(0, 3));

        table.commit(2, WrittenTable.remove("a.parquet"));
        assertThat(table.rows()).isEqualTo(numbers(10, 12));
        assertThat(table.open().version()).isNotEqualTo(first.version());
    }

    @Test
    void seesColumnsThatCommitsAdd() {
        writeNumbers("a.parquet", 0, 2);
        table.commit(
                0,
                WrittenTable.PROTOCOL,
                WrittenTable.metadata(LONG_N, "", ""),
                table.add("a.parquet", "", ""));
        assertThat(table.open().schema().size()).isEqualTo(1);
        table.commit(
                1, WrittenTable.metadata(LONG_N + "," + WrittenTable.field("s", "string"), "", ""));
        assertThat(table.rows()).isEqualTo(List.of(row(0L, null), row(1L, null)));
    }

    @Test
    void seesThatATableWasMadeAnew() throws IOException {
        writeNumbers("a.parquet", 0, 2);
        writeNumbers("b.parquet", 5, 6);
        table.commit(
                0,
                WrittenTable.PROTOCOL,
                WrittenTable.metadata(LONG_N, "", ""),
                table.add("a.parquet", "", ""));
        table.commit(1, "{\"commitInfo\":{\"timestamp\":1}}");
        assertThat(table.rows()).hasSize(2);
        Files.delete(temporary.resolve("t/_delta_log/00000000000000000001.json"));
        table.commit(
                0,
                WrittenTable.PROTOCOL,
                WrittenTable.metadata(LONG_N, "", ""),
                table.add("b.parquet", "", ""));
        assertThat(table.rows()).isEqualTo(numbers(5, 6));
    }

    @Test
    void travelsInTime() throws IOException {
        writeNumbers("a.parquet", 0, 3);
        writeNumbers("b.parquet", 10, 12);
        table.commit(
                0,
                WrittenTable.PROTOCOL,
                WrittenTable.metadata(LONG_N, "", ""),
                table.add("a.parquet", "", ""));
        table.commit(1, table.add("b.parquet", "", ""));
        setTime(0, 1_000_000);
        setTime(1, 2_000_000);
        SupportsTimeTravel newest = (SupportsTimeTravel) table.open();
        assertThat(table.rows(newest.at(new TableVersion.Number(0)))).isEqualTo(numbers(0, 3));
        assertThat(table.rows(newest.at(new TableVersion.Number(1)))).hasSize(5);
        assertThat(table.rows(newest.at(new TableVersion.Time(1_999_999_999L)))).hasSize(3);
        assertThat(table.rows(newest.at(new TableVersion.Time(2_000_000_000L)))).hasSize(5);
        assertThat(table.rows(newest.at(new TableVersion.Time(9_000_000_000L)))).hasSize(5);
        assertFails(
                () -> newest.at(new TableVersion.Number(-1)),
                ErrorCode.INVALID_PARAMETER,
                "negative: -1");
        assertFails(() -> newest.at(new TableVersion.Number(2)), ErrorCode.INVALID_PARAMETER, "1");
        assertFails(
                () -> newest.at(new TableVersion.Time(999_999_999L)),
                ErrorCode.INVALID_PARAMETER,
                "before the earliest");
    }

    private void setTime(long version, long millis) throws IOException {
        Files.setLastModifiedTime(
                temporary.resolve("t/_delta_log/" + "%020d".formatted(version) + ".json"),
                java.nio.file.attribute.FileTime.fromMillis(millis));
    }

    @Test
    void readsPartitionValues() {
        Schema data = Schema.of(Field.of("n", ScalarType.BIGINT));
        String fields =
                String.join(
                        ",",
                        WrittenTable.field("s", "string"),
                        LONG_N,
                        WrittenTable.field("d", "date"),
                        WrittenTable.field("t", "timestamp"),
                        WrittenTable.field("u", "timestamp_ntz"),
                        WrittenTable.field("p", "decimal(9,2)"),
                        WrittenTable.field("b", "boolean"),
                        WrittenTable.field("f", "float"));
        table.write("s=a%2Fb/a.parquet", data, numbers(0, 1));
        table.write("b.parquet", data, numbers(1, 2));
        table.commit(
                0,
                "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,"
                    + "\"readerFeatures\":[\"timestampNtz\"],\"writerFeatures\":[\"timestampNtz\"]}}",
                WrittenTable.metadata(fields, "\"s\",\"d\",\"t\",\"u\",\"p\",\"b\",\"f\"", ""),
                table.add(
                                "s=a%2Fb/a.parquet",
                                "\"s\":\"a/b\",\"d\":\"2024-02-29\",\"t\":\"2024-01-01T00:00:00.5Z\",\"u\":\"1970-01-01"
                                    + " 00:00:01.000001\",\"p\":\"-1.5\","
                                    + "\"b\":\"true\",\"f\":\"0.5\"",
                                "")
                        .replace("s=a%2Fb", "s=a%252Fb"),
                table.add(
                        "b.parquet",
                        "\"s\":null,\"d\":\"\",\"t\":null,\"u\":null,\"p\":null,\"b\":null,\"f\":null",
                        ""));
        assertThat(table.rows())
                .isEqualTo(
                        List.of(
                                row(
                                        "a/b",
                                        0L,
                                        19_782L,
                                        1_704_067_200_500_000L,
                                        1_000_001L,
                                        new BigDecimal("-1.50"),
                                        true,
                                        0.5),
                                row(null, 1L, null, null, null, null, null, null)));
        assertThat(
                        table.rows(
                                List.of(
                                        new ScanPredicate.Comparison(
                                                ColumnPath.of(0),
                                                ScanPredicate.Operator.EQUAL,
                                                "a/b"))))
                .hasSize(1);
        assertThat(table.metrics().get(Counter.FILES_PRUNED)).isEqualTo(1);
        assertThat(table.rows(List.of(new ScanPredicate.NullTest(ColumnPath.of(2), true))))
                .hasSize(1);
    }

    @Test
    void namesAPartitionValueThatIsNone() {
        writeNumbers("a.parquet", 0, 1);
        table.commit(
                0,
                WrittenTable.PROTOCOL,
                WrittenTable.metadata(LONG_N + "," + WrittenTable.field("d", "date"), "\"d\"", ""),
                table.add("a.parquet", "\"d\":\"yesterday\"", ""));
        assertFails(table::rows, ErrorCode.CORRUPT_FILE, "d DATE = 'yesterday'");
    }

    @Test
    void mapsColumnsByName() {
        Schema stored =
                Schema.of(
                        Field.of("col-1", ScalarType.BIGINT),
                        Field.of(
                                "col-2",
                                new StructType(
                                        List.of(
                                                Field.of("col-3", ScalarType.VARCHAR),
                                                Field.of("col-4", ScalarType.INTEGER)))));
        table.write("a.parquet", stored, List.of(row(1L, List.of("x", 2L)), row(null, null)));
        String struct =
                "{\"name\":\"s\",\"type\":{\"type\":\"struct\",\"fields\":["
                        + mapped("b", "integer", "col-4", 4)
                        + ","
                        + mapped("new", "integer", "col-5", 5)
                        + "]},\"nullable\":true,\"metadata\":{\"delta.columnMapping.id\":2,"
                        + "\"delta.columnMapping.physicalName\":\"col-2\"}}";
        table.commit(
                0,
                "{\"protocol\":{\"minReaderVersion\":2,\"minWriterVersion\":5}}",
                WrittenTable.metadata(
                        struct + "," + mapped("A name", "long", "col-1", 1),
                        "",
                        "\"delta.columnMapping.mode\":\"name\""),
                table.add(
                        "a.parquet",
                        "",
                        ",\"stats\":\"{\\\"numRecords\\\":2,\\\"minValues\\\":{\\\"col-1\\\":1},"
                            + "\\\"maxValues\\\":{\\\"col-1\\\":1},\\\"nullCount\\\":{\\\"col-1\\\":1}}\""));
        assertThat(table.open().schema().fields())
                .extracting(Field::name)
                .containsExactly("s", "A name");
        assertThat(table.rows())
                .isEqualTo(List.of(row(Arrays.asList(2L, null), 1L), row(null, null)));
        assertThat(table.rows(List.of(equal(1, 2L)))).isEmpty();
        assertThat(table.metrics().get(Counter.FILES_PRUNED)).isEqualTo(1);
    }

    private static String mapped(String name, String type, String physical, int id) {
        return "{\"name\":\""
                + name
                + "\",\"type\":\""
                + type
                + "\",\"nullable\":true,\"metadata\":{\"delta.columnMapping.id\":"
                + id
                + ",\"delta.columnMapping.physicalName\":\""
                + physical
                + "\"}}";
    }

    private static ScanPredicate equal(int column, Object value) {
        return new ScanPredicate.Comparison(
                ColumnPath.of(column), ScanPredicate.Operator.EQUAL, value);
    }

    @Test
    void skipsFilesByStatistics() {
        writeNumbers("a.parquet", 0, 10);
        writeNumbers("b.parquet", 10, 20);
        writeNumbers("c.parquet", 20, 30);
        table.commit(
                0,
                WrittenTable.PROTOCOL,
                WrittenTable.metadata(LONG_N, "", ""),
                table.add("a.parquet", "", statistics(10, 0, 9)),
                table.add("b.parquet", "", statistics(10, 10, 19)),
                table.add("c.parquet", "", ",\"stats\":\"{damaged\""));
        assertThat(table.rows(List.of(equal(0, 15L)))).contains(row(15L));
        assertThat(table.metrics().get(Counter.FILES)).isEqualTo(3);
        assertThat(table.metrics().get(Counter.FILES_PRUNED))
                .as("one by the log, one without statistics by its footer")
                .isEqualTo(2);
        assertThat(table.metrics().get(Counter.ROWS_PRUNED)).isEqualTo(20);
        assertThat(table.open().statistics().rowCount()).isEqualTo(30);
    }

    @Test
    void boundsOfFloatsHoldTheFloatsThatTheirDigitsMean() {
        writeNumbers("a.parquet", 0, 1);
        String bounds =
                ",\"stats\":\"{\\\"numRecords\\\":1,\\\"minValues\\\":{\\\"f\\\":0.1,\\\"d\\\":0.1},"
                    + "\\\"maxValues\\\":{\\\"f\\\":0.1,\\\"d\\\":0.1},"
                    + "\\\"nullCount\\\":{\\\"f\\\":0,\\\"d\\\":0}}\"";
        table.commit(
                0,
                WrittenTable.PROTOCOL,
                WrittenTable.metadata(
                        WrittenTable.field("f", "float") + "," + WrittenTable.field("d", "double"),
                        "",
                        ""),
                table.add("a.parquet", "", bounds));
        for (int column = 0; column < 2; column++) {
            assertThat(mayMatch(equal(column, (double) 0.1f))).isTrue();
            assertThat(mayMatch(equal(column, 0.1))).isTrue();
            assertThat(mayMatch(equal(column, 0.11))).isFalse();
        }
    }

    @Test
    void partitionsOfNaNLieAboveAllNumbers() {
        writeNumbers("a.parquet", 0, 1);
        table.commit(
                0,
                WrittenTable.PROTOCOL,
                WrittenTable.metadata(
                        LONG_N + "," + WrittenTable.field("p", "double"), "\"p\"", ""),
                table.add("a.parquet", "\"p\":\"NaN\"", ""));
        for (ScanPredicate.Operator operator :
                List.of(ScanPredicate.Operator.GREATER, ScanPredicate.Operator.NOT_EQUAL)) {
            assertThat(mayMatch(new ScanPredicate.Comparison(ColumnPath.of(1), operator, 5.0)))
                    .isTrue();
        }
    }

    private boolean mayMatch(ScanPredicate condition) {
        DeltaTable open = (DeltaTable) table.open();
        return open.mayMatch(open.files().getFirst(), condition);
    }

    private static String statistics(long rows, long minimum, long maximum) {
        return ",\"stats\":\"{\\\"numRecords\\\":%d,\\\"minValues\\\":{\\\"n\\\":%d},\\\"maxValues\\\":{\\\"n\\\":%d},\\\"nullCount\\\":{\\\"n\\\":0}}\""
                .formatted(rows, minimum, maximum);
    }

    @Test
    void leavesOutDeletedRows() throws IOException {
        writeNumbers("a.parquet", 0, 100);
        writeNumbers("b.parquet", 100, 110);
        byte[] vector = vector(0, 1, 5, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 99);
        byte[] everything = vector(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        ByteBuffer file = ByteBuffer.allocate(1 + vector.length + everything.length + 16);
        file.put((byte) 1);
        int second = put(file, vector);
        put(file, everything);
        Path path = temporary.resolve("t/deletion_vector.bin");
        Files.write(path, file.array());
        String protocol =
                "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,"
                        + "\"readerFeatures\":[\"deletionVectors\"],"
                        + "\"writerFeatures\":[\"deletionVectors\"]}}";
        table.commit(
                0,
                protocol,
                WrittenTable.metadata(LONG_N, "", "\"delta.enableDeletionVectors\":\"true\""),
                table.add("a.parquet", "", deleted(path, 1, vector.length, 14)),
                table.add("b.parquet", "", deleted(path, second, everything.length, 10)));
        List<Long> expected = new ArrayList<>();
        for (long n = 0; n < 100; n++) {
            if (n > 1 && n != 5 && n != 99 && (n < 50 || n > 59)) {
                expected.add(n);
            }
        }
        assertThat(table.rows()).extracting(List::getFirst).isEqualTo(expected);

        byte[] damaged = Files.readAllBytes(path);
        damaged[20] ^= 1;
        Files.write(path, damaged);
        try (WrittenTable again = new WrittenTable(temporary.resolve("t"))) {
            assertFails(again::rows, ErrorCode.CORRUPT_FILE, "checksum");
        }
    }

    private static byte[] vector(int... rows) {
        RoaringBitmap bitmap = RoaringBitmap.bitmapOf(rows);
        ByteBuffer bytes =
                ByteBuffer.allocate(16 + bitmap.serializedSizeInBytes())
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(1681511377).putLong(1).putInt(0);
        bitmap.serialize(bytes);
        return bytes.array();
    }

    /// Appends size, data and checksum, and returns where the next may begin.
    private static int put(ByteBuffer file, byte[] data) {
        CRC32 checksum = new CRC32();
        checksum.update(data);
        file.putInt(data.length).put(data).putInt((int) checksum.getValue());
        return file.position();
    }

    private static String deleted(Path file, int offset, int bytes, long count) {
        return ",\"deletionVector\":{\"storageType\":\"p\",\"pathOrInlineDv\":\"file:"
                + file
                + "\",\"offset\":"
                + offset
                + ",\"sizeInBytes\":"
                + bytes
                + ",\"cardinality\":"
                + count
                + "}";
    }

    @Test
    void widensTypes() {
        Schema stored =
                Schema.of(
                        Field.of("a", ScalarType.INTEGER),
                        Field.of("b", ScalarType.SMALLINT),
                        Field.of("c", new DecimalType(5, 2)),
                        Field.of("d", ScalarType.DATE),
                        Field.of("e", ScalarType.REAL),
                        Field.of("f", ScalarType.BIGINT),
                        Field.of("g", new DecimalType(20, 1)));
        table.write(
                "a.parquet",
                stored,
                List.of(
                        row(-7L, 3L, new BigDecimal("-1.25"), -1L, 0.5, Long.MIN_VALUE, null),
                        row(
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                new BigDecimal("-1234567890123456789.5"))));
        table.commit(
                0,
                "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,\"readerFeatures\":"
                        + "[\"typeWidening\",\"timestampNtz\"],\"writerFeatures\":"
                        + "[\"typeWidening\",\"timestampNtz\"]}}",
                WrittenTable.metadata(
                        String.join(
                                ",",
                                WrittenTable.field("a", "long"),
                                WrittenTable.field("b", "double"),
                                WrittenTable.field("c", "decimal(12,4)"),
                                WrittenTable.field("d", "timestamp_ntz"),
                                WrittenTable.field("e", "double"),
                                WrittenTable.field("f", "decimal(38,10)"),
                                WrittenTable.field("g", "decimal(38,3)")),
                        "",
                        ""),
                table.add("a.parquet", "", ""));
        assertThat(table.rows())
                .isEqualTo(
                        List.of(
                                row(
                                        -7L,
                                        3.0,
                                        new BigDecimal("-1.2500"),
                                        -86_400_000_000L,
                                        0.5,
                                        new BigDecimal(Long.MIN_VALUE).setScale(10),
                                        null),
                                row(
                                        null,
                                        null,
                                        null,
                                        null,
                                        null,
                                        null,
                                        new BigDecimal("-1234567890123456789.500"))));
        assertThat(table.rows(List.of(equal(3, -86_400_000_000L)))).isNotEmpty();
    }

    @Test
    void namesTheTableWhoseTypeItDoesNotKnow() {
        String list =
                "{\"name\":\"l\",\"type\":{\"type\":\"array\",\"elementType\":\"void\",\"containsNull\":true},"
                    + "\"nullable\":true,\"metadata\":{}}";
        table.commit(0, WrittenTable.PROTOCOL, WrittenTable.metadata(list, "", ""));
        assertFails(table::open, ErrorCode.UNSUPPORTED, temporary.resolve("t").toString());
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        table.commit(
                0,
                "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,"
                        + "\"readerFeatures\":[\"telepathy\"],\"writerFeatures\":[\"telepathy\"]}}",
                WrittenTable.metadata(LONG_N, "", ""));
        assertFails(table::open, ErrorCode.UNSUPPORTED, "telepathy");
    }

    @Test
    void namesWhatIsMissing() {
        assertFails(table::open, ErrorCode.FILE_NOT_FOUND, "No Delta table");
        table.write("a.parquet", NUMBERS, numbers(0, 1));
        String add = table.add("a.parquet", "", "").replace("a.parquet", "gone.parquet");
        table.commit(0, WrittenTable.PROTOCOL, WrittenTable.metadata(LONG_N, "", ""), add);
        assertFails(table::rows, ErrorCode.FILE_NOT_FOUND, "gone.parquet");
    }

    @Test
    void namesTheLineThatIsDamaged() {
        writeNumbers("a.parquet", 0, 1);
        table.commit(
                0,
                WrittenTable.PROTOCOL,
                WrittenTable.metadata(LONG_N, "", ""),
                table.add("a.parquet", "", ""));
        assertThat(table.rows()).hasSize(1);
        table.commit(1, "{\"commitInfo\":{\"timestamp\":1}}", "{\"add\":{\"path\":");
        assertFails(table::open, ErrorCode.CORRUPT_FILE, "00001.json, line 2");
        table.commit(1, "{\"commitInfo\":{\"timestamp\":1}}");
        assertThat(table.rows()).as("the table recovers").hasSize(1);
    }

    private static void assertFails(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call,
            ErrorCode code,
            String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(code);
                            assertThat(e).hasMessageContaining(message);
                        });
    }
}
