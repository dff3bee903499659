package io.neuralake.connector.delta.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.connector.delta.WrittenTable;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Reads tables with columns of type `variant` and `void`.
class VariantColumnsTest {
    private static final String LONG_N = WrittenTable.field("n", "long");

    /// What a file has of a variant, without annotation as older writers leave it.
    private static final StructType VARIANT =
            new StructType(
                    List.of(
                            new Field("value", ScalarType.VARBINARY, false),
                            new Field("metadata", ScalarType.VARBINARY, false)));

    private final WrittenTable table;

    VariantColumnsTest(@TempDir Path temporary) {
        table = new WrittenTable(temporary.resolve("t"));
    }

    @AfterEach
    void close() {
        table.close();
    }

    private static String protocol(String... features) {
        String names = '"' + String.join("\",\"", features) + '"';
        return "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,\"readerFeatures\":["
                + names
                + "],\"writerFeatures\":["
                + names
                + "]}}";
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }

    /// Makes what a file has of a short text.
    private static List<@Nullable Object> text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        byte[] value = new byte[utf8.length + 1];
        value[0] = (byte) (utf8.length << 2 | 1);
        System.arraycopy(utf8, 0, value, 1, utf8.length);
        return row(value, new byte[] {1, 0, 0});
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "variantType",
                "variantType-preview",
                "variantType,variantShredding",
                "variantType-preview,variantShredding-preview"
            })
    void readsVariants(String features) {
        Schema schema =
                Schema.of(
                        Field.of("n", ScalarType.BIGINT),
                        Field.of("v", VARIANT),
                        Field.of("s", new StructType(List.of(Field.of("v", VARIANT)))),
                        Field.of("l", new ListType(VARIANT)));
        table.write(
                "a.parquet",
                schema,
                List.of(
                        row(1L, text("a"), row((Object) text("b")), row(text("c"), null)),
                        row(2L, null, row((Object) null), row()),
                        row(3L, row(new byte[1], new byte[] {1, 0, 0}), null, null)));
        String inner =
                "{\"name\":\"s\",\"type\":{\"type\":\"struct\",\"fields\":["
                        + WrittenTable.field("v", "variant")
                        + "]},\"nullable\":true,\"metadata\":{}},{\"name\":\"l\",\"type\":{\"type\":\"array\","
                        + "\"elementType\":\"variant\",\"containsNull\":true},\"nullable\":true,\"metadata\":{}}";
        table.commit(
                0,
                protocol(features.split(",")),
                WrittenTable.metadata(
                        LONG_N + "," + WrittenTable.field("v", "variant") + "," + inner, "", ""),
                table.add("a.parquet", "", ""));
        assertThat(table.open().schema().field(1).type()).isEqualTo(ScalarType.VARCHAR);
        assertThat(table.rows())
                .containsExactly(
                        row(1L, "\"a\"", row("\"b\""), row("\"c\"", null)),
                        row(2L, null, row((Object) null), row()),
                        row(3L, "null", null, null));
    }

    /// Bounds of variants are encoded variants, which say nothing of texts.
    @Test
    void skipsNoFilesByBoundsOfVariants() {
        Schema schema = Schema.of(Field.of("v", VARIANT));
        table.write("a.parquet", schema, List.of(row((Object) text("m"))));
        table.commit(
                0,
                protocol("variantType"),
                WrittenTable.metadata(WrittenTable.field("v", "variant"), "", ""),
                table.add(
                        "a.parquet",
                        "",
                        ",\"stats\":\"{\\\"numRecords\\\":1,\\\"minValues\\\":{\\\"v\\\":\\\"zz\\\"},"
                            + "\\\"maxValues\\\":{\\\"v\\\":\\\"zzz\\\"},\\\"nullCount\\\":{\\\"v\\\":0}}\""));
        assertThat(
                        table.rows(
                                List.of(
                                        new ScanPredicate.Comparison(
                                                ColumnPath.of(0),
                                                ScanPredicate.Operator.EQUAL,
                                                "\"m\""))))
                .containsExactly(row("\"m\""));
        assertThat(table.open().statistics().column(0).maximum()).isNull();
    }

    @Test
    void readsVoidsAsNull() {
        Schema schema =
                Schema.of(
                        Field.of("n", ScalarType.BIGINT),
                        Field.of("s", new StructType(List.of(Field.of("a", ScalarType.BIGINT)))),
                        Field.of("stray", ScalarType.INTEGER));
        table.write("a.parquet", schema, List.of(row(1L, row(2L), 7L), row(3L, null, 7L)));
        String struct =
                "{\"name\":\"s\",\"type\":{\"type\":\"struct\",\"fields\":["
                        + WrittenTable.field("gone", "void")
                        + ","
                        + WrittenTable.field("a", "long")
                        + "]},\"nullable\":true,\"metadata\":{}}";
        table.commit(
                0,
                WrittenTable.PROTOCOL,
                WrittenTable.metadata(
                        LONG_N
                                + ","
                                + WrittenTable.field("gone", "void")
                                + ","
                                + struct
                                + ","
                                + WrittenTable.field("stray", "void"),
                        "",
                        ""),
                table.add("a.parquet", "", ""));
        assertThat(table.open().schema().field(1).type()).isEqualTo(ScalarType.VARCHAR);
        assertThat(table.rows())
                .containsExactly(row(1L, null, row(null, 2L), null), row(3L, null, null, null));
    }
}
