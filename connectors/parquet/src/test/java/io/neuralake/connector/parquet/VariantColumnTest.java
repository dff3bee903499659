package io.neuralake.connector.parquet;

import static io.neuralake.connector.parquet.decode.VariantForm.list;
import static io.neuralake.connector.parquet.decode.VariantForm.metadata;
import static io.neuralake.connector.parquet.decode.VariantForm.primitive;
import static io.neuralake.connector.parquet.decode.VariantForm.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.parquet.decode.VariantForm;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.type.ScalarType;

import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Reads columns of type VARIANT, whole and shredded.
class VariantColumnTest {
    private static final byte[] NAMES = metadata(1, "a", "b", "c", "zz");

    @TempDir private Path folder;
    private int files;

    private Path write(String columns, int rows, BiConsumer<Group, Integer> fill)
            throws IOException {
        Path file = folder.resolve("t" + files++ + ".parquet");
        GroupFile.write(
                file,
                "message t { " + columns + " }",
                rows,
                options -> options.withPageRowCountLimit(50),
                fill);
        return file;
    }

    private static Group variant(Group row, String name) {
        return row.addGroup(name).append("metadata", binary(NAMES));
    }

    private static Binary binary(byte[] bytes) {
        return Binary.fromConstantByteArray(bytes);
    }

    private static List<@Nullable Object> column(Path file) {
        return column(file, 2048);
    }

    private static List<@Nullable Object> column(Path file, int batchRows) {
        try (ParquetScan scan = new ParquetScan()) {
            scan.batchRows = batchRows;
            List<@Nullable Object> values = new ArrayList<>();
            scan.rows(file).forEach(row -> values.add(row.getFirst()));
            return values;
        }
    }

    /// Returns the text of the one row of a file of one variant.
    private @Nullable Object one(String group, Consumer<Group> fill) throws IOException {
        return column(
                        write(
                                "optional group v (VARIANT(1)) { required binary metadata; "
                                        + group
                                        + " }",
                                1,
                                (row, _) -> fill.accept(variant(row, "v"))))
                .getFirst();
    }

    private void corrupt(String group, Consumer<Group> fill, String message) {
        assertThatThrownBy(() -> one(group, fill))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_FILE))
                .hasMessageContaining(".parquet")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 2048})
    void tellsNullsApart(int batchRows) throws IOException {
        Path file =
                write(
                        "optional group v (VARIANT(1)) { required binary metadata; required binary"
                                + " value; }",
                        200,
                        (row, i) -> {
                            if (i % 3 == 0) {
                                variant(row, "v").append("value", binary(primitive(0)));
                            } else if (i % 3 == 1) {
                                variant(row, "v").append("value", binary(primitive(4, i, 2)));
                            }
                        });
        List<@Nullable Object> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            expected.add(i % 3 == 0 ? "null" : i % 3 == 1 ? Integer.toString(i) : null);
        }
        assertThat(column(file, batchRows)).isEqualTo(expected);
        try (ParquetScan scan = new ParquetScan()) {
            assertThat(scan.open(file).schema().field(0).type()).isEqualTo(ScalarType.VARCHAR);
        }
    }

    /// Bounds of what is stored are none of the texts.
    @Test
    void prunesNothing() throws IOException {
        Path file =
                write(
                        "optional group v (VARIANT(1)) { required binary metadata; optional binary"
                                + " value; optional binary typed_value (STRING); }",
                        300,
                        (row, i) -> variant(row, "v").append("typed_value", "m" + i));
        try (ParquetScan scan = new ParquetScan()) {
            scan.predicates =
                    List.of(
                            new ScanPredicate.Comparison(
                                    ColumnPath.of(0), ScanPredicate.Operator.EQUAL, "\"m7\""));
            assertThat(scan.rows(file)).contains(List.<@Nullable Object>of("\"m7\""));
        }
    }

    @Test
    void keepsLongTexts() throws IOException {
        Path file =
                write(
                        "required group v (VARIANT(1)) { required binary metadata; required binary"
                                + " value; }",
                        300,
                        (row, i) -> {
                            byte[][] parts = new byte[200][];
                            java.util.Arrays.fill(parts, text("x".repeat(40) + i));
                            variant(row, "v").append("value", binary(list(true, 4, parts)));
                        });
        List<@Nullable Object> texts = column(file);
        for (int i = 0; i < 300; i++) {
            String part = '"' + "x".repeat(40) + i + '"';
            assertThat(texts.get(i))
                    .isEqualTo('[' + String.join(",", Collections.nCopies(200, part)) + ']');
        }
    }

    @Test
    void findsVariantsInsideOfOthers() throws IOException {
        String fields = " { required binary metadata; required binary value; } ";
        Path file =
                write(
                        "optional group s { optional int32 n; optional group v (VARIANT(1))"
                                + fields
                                + "} optional group l (LIST) { repeated group list { optional group"
                                + " element (VARIANT(1))"
                                + fields
                                + "} } optional group m (MAP) { repeated group key_value { required"
                                + " binary key (STRING); optional group value (VARIANT(1))"
                                + fields
                                + "} }",
                        3,
                        (row, i) -> {
                            if (i == 2) {
                                return;
                            }
                            Group struct = row.addGroup("s").append("n", i);
                            Group list = row.addGroup("l");
                            Group map = row.addGroup("m");
                            if (i == 0) {
                                variant(struct, "v").append("value", binary(text("s")));
                                variant(list.addGroup("list"), "element")
                                        .append("value", binary(text("l")));
                                list.addGroup("list");
                                variant(list.addGroup("list"), "element")
                                        .append("value", binary(primitive(0)));
                                variant(map.addGroup("key_value").append("key", "k"), "value")
                                        .append("value", binary(primitive(1)));
                            }
                        });
        try (ParquetScan scan = new ParquetScan()) {
            List<List<@Nullable Object>> rows = scan.rows(file);
            assertThat(rows.get(0).toString())
                    .isEqualTo("[[0, \"s\"], [\"l\", null, null], [[k, true]]]");
            assertThat(((List<?>) java.util.Objects.requireNonNull(rows.get(0).get(1))).get(1))
                    .isNull();
            assertThat(rows.get(1).toString()).isEqualTo("[[1, null], [], []]");
            assertThat(rows.get(2).toString()).isEqualTo("[null, null, null]");
        }
    }

    @Test
    void readsShreddedScalars() throws IOException {
        String value = "optional binary value; optional ";
        assertThat(one(value + "boolean typed_value;", v -> v.append("typed_value", true)))
                .isEqualTo("true");
        assertThat(one(value + "int32 typed_value (INT_8);", v -> v.append("typed_value", -7)))
                .isEqualTo("-7");
        assertThat(one(value + "int32 typed_value (INT_16);", v -> v.append("typed_value", 300)))
                .isEqualTo("300");
        assertThat(one(value + "int32 typed_value;", v -> v.append("typed_value", 70_000)))
                .isEqualTo("70000");
        assertThat(one(value + "int64 typed_value;", v -> v.append("typed_value", 1L << 40)))
                .isEqualTo("1099511627776");
        assertThat(one(value + "float typed_value;", v -> v.append("typed_value", 0.1f)))
                .isEqualTo("0.1");
        assertThat(one(value + "double typed_value;", v -> v.append("typed_value", 1e30)))
                .isEqualTo("1.0E30");
        assertThat(
                        one(
                                value + "int32 typed_value (DECIMAL(9, 2));",
                                v -> v.append("typed_value", -150)))
                .isEqualTo("-1.5");
        assertThat(
                        one(
                                value + "binary typed_value (DECIMAL(38, 3));",
                                v ->
                                        v.append(
                                                "typed_value",
                                                binary(
                                                        new byte[] {
                                                            -1, 0, 0, 0, 0, 0, 0, 0, 0, 0
                                                        }))))
                .isEqualTo("-4722366482869645213.696");
        assertThat(one(value + "int32 typed_value (DATE);", v -> v.append("typed_value", 19_782)))
                .isEqualTo("\"2024-02-29\"");
        assertThat(
                        one(
                                value + "int64 typed_value (TIME(MICROS, false));",
                                v -> v.append("typed_value", 1_500_000L)))
                .isEqualTo("\"00:00:01.5\"");
        assertThat(
                        one(
                                value + "int64 typed_value (TIMESTAMP(MICROS, true));",
                                v -> v.append("typed_value", -1L)))
                .isEqualTo("\"1969-12-31 23:59:59.999999+00:00\"");
        assertThat(
                        one(
                                value + "int64 typed_value (TIMESTAMP(NANOS, false));",
                                v -> v.append("typed_value", -1L)))
                .isEqualTo("\"1969-12-31 23:59:59.999999999\"");
        assertThat(one(value + "binary typed_value (STRING);", v -> v.append("typed_value", "é\n")))
                .isEqualTo("\"é\\n\"");
        assertThat(
                        one(
                                value + "binary typed_value;",
                                v -> v.append("typed_value", binary(new byte[] {-1, 0}))))
                .isEqualTo("\"/wA=\"");
        assertThat(
                        one(
                                value + "fixed_len_byte_array(16) typed_value (UUID);",
                                v -> v.append("typed_value", binary(new byte[16]))))
                .isEqualTo("\"00000000-0000-0000-0000-000000000000\"");
        assertThat(one(value + "int64 typed_value;", v -> v.append("value", binary(text("else")))))
                .isEqualTo("\"else\"");
        assertThat(one(value + "int64 typed_value;", _ -> {})).isEqualTo("null");
    }

    /// The cases of the table in VariantShredding.md.
    @Test
    void readsShreddedObjects() throws IOException {
        String fields =
                "optional binary value; optional group typed_value {"
                        + " required group b { optional binary value; optional int64 typed_value; }"
                        + " required group a { optional binary value; optional binary typed_value"
                        + " (STRING); } }";
        Consumer<Group> none = _ -> {};
        assertThat(one(fields, v -> object(v, a -> a.append("typed_value", "x"), none)))
                .isEqualTo("{\"a\":\"x\"}");
        assertThat(
                        one(
                                fields,
                                v ->
                                        object(
                                                v,
                                                a -> a.append("value", binary(primitive(0))),
                                                b -> b.append("typed_value", 5L))))
                .isEqualTo("{\"a\":null,\"b\":5}");
        assertThat(one(fields, v -> object(v, none, none))).isEqualTo("{}");
        assertThat(one(fields, v -> v.append("value", binary(text("no object")))))
                .isEqualTo("\"no object\"");
        byte[] rest =
                VariantForm.object(false, 1, 1, new int[] {2, 3}, primitive(1), list(false, 1));
        assertThat(
                        one(
                                fields,
                                v ->
                                        object(
                                                v.append("value", binary(rest)),
                                                none,
                                                b -> b.append("value", binary(text("5"))))))
                .isEqualTo("{\"b\":\"5\",\"c\":true,\"zz\":[]}");
        byte[] twice = VariantForm.object(false, 1, 1, new int[] {1}, primitive(1));
        corrupt(fields, v -> object(v.append("value", binary(twice)), none, none), "a field twice");
        corrupt(
                fields,
                v -> object(v.append("value", binary(text("a"))), none, none),
                "two values");
        corrupt(
                fields,
                v ->
                        object(
                                v,
                                a ->
                                        a.append("typed_value", "x")
                                                .append("value", binary(primitive(0))),
                                none),
                "two values");
    }

    private static void object(Group variant, Consumer<Group> a, Consumer<Group> b) {
        Group object = variant.addGroup("typed_value");
        b.accept(object.addGroup("b"));
        a.accept(object.addGroup("a"));
    }

    @Test
    void readsShreddedLists() throws IOException {
        Path file =
                write(
                        "optional group v (VARIANT(1)) { required binary metadata; optional binary"
                                + " value; optional group typed_value (LIST) { repeated group list"
                                + " { required group element { optional binary value; optional"
                                + " group typed_value { required group a { optional int32"
                                + " typed_value; } } } } } }",
                        4,
                        (row, i) -> {
                            if (i == 0) {
                                return;
                            }
                            Group variant = variant(row, "v");
                            if (i == 1) {
                                variant.append("value", binary(text("other")));
                                return;
                            }
                            Group list = variant.addGroup("typed_value");
                            for (int e = 0; i == 3 && e < 3; e++) {
                                Group element = list.addGroup("list").addGroup("element");
                                if (e == 1) {
                                    element.append("value", binary(primitive(0)));
                                } else {
                                    element.addGroup("typed_value")
                                            .addGroup("a")
                                            .append("typed_value", e);
                                }
                            }
                        });
        assertThat(column(file))
                .containsExactly(null, "\"other\"", "[]", "[{\"a\":0},null,{\"a\":2}]");
    }

    @Test
    void refusesDamage() {
        String value = "required binary value;";
        corrupt(value, v -> v.append("value", binary(new byte[] {3, 9})), "ends early");
        corrupt(value, v -> v.append("value", binary(new byte[0])), "ends early");
        corrupt(value, v -> v.append("value", binary(new byte[] {1 | 1 << 2, -1})), "UTF-8");
        corrupt(
                "optional binary value; required group typed_value (MAP) { repeated group"
                        + " key_value { required binary key (STRING); optional int32 value; } }",
                v -> v.addGroup("typed_value"),
                "shredded as");
    }

    /// Who annotates something else as a variant means it as something else.
    @Test
    void takesOtherGroupsForStructs() throws IOException {
        Path file =
                write(
                        "optional group v (VARIANT(1)) { required int32 metadata; required binary"
                                + " value (STRING); }",
                        1,
                        (row, _) -> row.addGroup("v").append("metadata", 1).append("value", "x"));
        try (ParquetScan scan = new ParquetScan()) {
            TableSnapshot table = scan.open(file);
            assertThat(scan.rows(table, ParquetScan.allColumns(table)))
                    .containsExactly(List.of(List.of(1L, "x")));
        }
    }
}
