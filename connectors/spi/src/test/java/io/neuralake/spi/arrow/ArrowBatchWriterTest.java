package io.neuralake.spi.arrow;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

class ArrowBatchWriterTest {
    private final RootAllocator root = new RootAllocator();
    private final LimitedReservation reservation =
            new LimitedReservation("test", Long.MAX_VALUE, null);
    private final ArrowAllocator allocator = new ArrowAllocator(root, reservation);

    @AfterEach
    void nothingLeaks() {
        assertThat(reservation.reservedBytes()).isZero();
        root.close();
    }

    @Test
    void writesEveryTypeWithNulls() {
        StructType point =
                new StructType(
                        List.of(
                                Field.of("x", ScalarType.DOUBLE),
                                Field.of("name", ScalarType.VARCHAR)));
        check(ScalarType.BOOLEAN, Arrays.asList(true, null, false));
        check(ScalarType.TINYINT, Arrays.asList(1L, null, -128L));
        check(ScalarType.SMALLINT, Arrays.asList(1L, null, -32768L));
        check(ScalarType.INTEGER, Arrays.asList(1L, null, -5L));
        check(ScalarType.BIGINT, Arrays.asList(Long.MIN_VALUE, null, Long.MAX_VALUE));
        check(ScalarType.DOUBLE, Arrays.asList(1.5, null, Double.NaN));
        check(new DecimalType(15, 2), Arrays.asList(new BigDecimal("-1.25"), null));
        check(
                new DecimalType(38, 3),
                Arrays.asList(new BigDecimal("-1234567890123456789012345678901234.678"), null));
        check(ScalarType.VARCHAR, Arrays.asList("", null, "short", "longer than twelve bytes"));
        check(
                new ListType(ScalarType.VARCHAR),
                Arrays.asList(List.of("a", "b"), null, List.of(), Arrays.asList("c", null)));
        check(
                point,
                Arrays.asList(
                        Arrays.asList(1.0, "one"),
                        null,
                        Arrays.asList(2.0, "a name longer than a view")));
        check(
                new MapType(ScalarType.VARCHAR, ScalarType.BIGINT),
                Arrays.asList(List.of(List.of("k", 1L)), null));
        check(new ListType(point), Arrays.asList(List.of(List.of(1.0, "one")), null));
    }

    @Test
    void appliesSelectionAndDecodesDictionaries() {
        Column dictionary = ColumnBuilder.of(allocator, ScalarType.VARCHAR, List.of("MAIL", "AIR"));
        DataBuffer codes = allocator.allocate(4 * 4);
        for (int i = 0; i < 4; i++) {
            codes.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, i & 1);
        }
        Column modes = new DictionaryColumn(4, codes, dictionary, null);
        Column seven =
                new ConstantColumn(4, ColumnBuilder.of(allocator, ScalarType.INTEGER, List.of(7L)));
        DataBuffer selection = allocator.allocateZeroed(Bitmap.bytes(4));
        Bitmap.set(selection.segment(), 1, true);
        Bitmap.set(selection.segment(), 2, true);
        Schema schema =
                Schema.of(Field.of("mode", ScalarType.VARCHAR), Field.of("n", ScalarType.INTEGER));
        try (Batch batch = Batch.selected(4, new Column[] {modes, seven}, selection, 2);
                ArrowBatchWriter writer = new ArrowBatchWriter(schema, root);
                VectorSchemaRoot out = writer.newRoot(ArrowTypes.schema(schema))) {
            writer.append(batch);
            writer.append(batch, 1, 1);
            writer.flush(out);
            assertThat(values(out.getVector(0))).containsExactly("AIR", "MAIL", "MAIL");
            assertThat(values(out.getVector(1))).containsExactly(7, 7, 7);
            writer.flush(out);
            assertThat(out.getRowCount()).isZero();
        }
    }

    /// Appends the values three times, so that bitmaps cross words, and compares.
    private void check(Type type, List<?> values) {
        Schema schema = Schema.of(Field.of("c", type));
        List<Object> expected = new ArrayList<>();
        try (ArrowBatchWriter writer = new ArrowBatchWriter(schema, root);
                VectorSchemaRoot out = writer.newRoot(ArrowTypes.schema(schema))) {
            for (int i = 0; i < 40; i++) {
                try (Batch batch =
                        Batch.of(values.size(), ColumnBuilder.of(allocator, type, values))) {
                    writer.append(batch);
                }
                expected.addAll(values);
            }
            writer.flush(out);
            FieldVector vector = out.getVector(0);
            if (!(type instanceof MapType)) { // Arrow 19 refuses its own map type
                vector.validateFull();
            }
            List<Object> actual = values(vector);
            assertThat(actual).hasSameSizeAs(expected);
            for (int i = 0; i < actual.size(); i++) {
                assertThat(plain(actual.get(i))).isEqualTo(plain(expected.get(i)));
            }
        }
    }

    private static List<Object> values(FieldVector vector) {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < vector.getValueCount(); i++) {
            Object value = vector.getObject(i);
            values.add(value instanceof org.apache.arrow.vector.util.Text t ? t.toString() : value);
        }
        return values;
    }

    private static Object plain(Object value) {
        return switch (value) {
            case null -> "null";
            case List<?> list -> list.stream().map(ArrowBatchWriterTest::plain).toList().toString();
            case Map<?, ?> map ->
                    map.values().stream().map(ArrowBatchWriterTest::plain).toList().toString();
            case Boolean b -> b.toString();
            default -> value.toString();
        };
    }
}
