package io.neuralake.spi.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeStampSecVector;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

class ArrowBatchReaderTest {
    private static final Field NUMBER = field("n", new ArrowType.Int(32, true));
    private static final Field TEXT = field("s", ArrowType.Utf8.INSTANCE);
    private static final byte[] ALL = {-1};
    private static final byte[] NONE = {};

    private final RootAllocator root = new RootAllocator();
    private final LimitedReservation reservation =
            new LimitedReservation("test", Long.MAX_VALUE, null);
    private final ArrowBatchReader reader =
            new ArrowBatchReader(new ArrowAllocator(root, reservation));

    @AfterEach
    void nothingLeaks() {
        assertThat(reservation.reservedBytes()).isZero();
        root.close();
    }

    private static Field field(String name, ArrowType type, Field... children) {
        return new Field(name, FieldType.nullable(type), List.of(children));
    }

    private static byte[] ints(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            bytes.putInt(value);
        }
        return bytes.array();
    }

    private static byte[] longs(long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            bytes.putLong(value);
        }
        return bytes.array();
    }

    /// One node of a message: a vector's length and number of nulls.
    private static ArrowFieldNode node(int length, int nulls) {
        return new ArrowFieldNode(length, nulls);
    }

    /// Reads rows as they would come in a message, with buffers just as long as given.
    private List<Object> read(Field field, int from, List<ArrowFieldNode> nodes, byte[]... data) {
        List<ArrowBuf> buffers = new ArrayList<>();
        for (byte[] bytes : data) {
            ArrowBuf buffer = root.buffer(bytes.length);
            buffer.writeBytes(bytes);
            buffer.capacity(bytes.length);
            buffers.add(buffer);
        }
        int rows = nodes.getFirst().getLength();
        try (FieldVector vector = field.createVector(root)) {
            load(vector, new ArrayDeque<>(nodes), new ArrayDeque<>(buffers));
            VectorSchemaRoot sent = new VectorSchemaRoot(List.of(field), List.of(vector), rows);
            try (Batch batch = reader.read(sent, from, rows - from)) {
                List<Object> values = new ArrayList<>();
                for (int i = 0; i < batch.rowCount(); i++) {
                    values.add(batch.column(0).value(i));
                }
                return values;
            }
        } finally {
            buffers.forEach(ArrowBuf::close);
        }
    }

    /// Loads as Arrow's own loader does, but does not lengthen what is too short.
    private static void load(
            FieldVector vector, Deque<ArrowFieldNode> nodes, Deque<ArrowBuf> buffers) {
        ArrowType type = vector.getField().getType();
        int count =
                type instanceof ArrowType.Utf8View
                        ? buffers.size()
                        : TypeLayout.getTypeBufferCount(type);
        List<ArrowBuf> own = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            own.add(buffers.remove());
        }
        vector.loadFieldBuffers(nodes.remove(), own);
        vector.getChildrenFromFields().forEach(child -> load(child, nodes, buffers));
    }

    private void malformed(Field field, List<ArrowFieldNode> nodes, byte[]... data) {
        assertThatThrownBy(() -> read(field, 0, nodes, data))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER))
                .hasMessageContaining("Arrow data is malformed");
    }

    @Test
    void readsWhatIsRightFromAnyRow() {
        Field list = field("l", ArrowType.List.INSTANCE, NUMBER);
        List<ArrowFieldNode> nodes = List.of(node(3, 1), node(4, 0));
        byte[][] data = {new byte[] {0b101}, ints(0, 2, 2, 4), NONE, ints(1, 2, 3, 4)};
        assertThat(read(list, 0, nodes, data))
                .isEqualTo(Arrays.asList(List.of(1L, 2L), null, List.of(3L, 4L)));
        assertThat(read(list, 2, nodes, data)).isEqualTo(List.of(List.of(3L, 4L)));
        assertThat(read(TEXT, 1, List.of(node(2, 0)), NONE, ints(0, 2, 3), "abc".getBytes(UTF_8)))
                .isEqualTo(List.of("c"));
        assertThat(read(TEXT, 0, List.of(node(0, 0)), NONE, NONE, NONE)).isEmpty();
        assertThat(read(list, 0, List.of(node(0, 0), node(0, 0)), NONE, NONE, NONE, NONE))
                .isEmpty();
    }

    @Test
    void elementsLieWithinTheirChild() {
        Field list = field("l", ArrowType.List.INSTANCE, NUMBER);
        byte[] child = ints(1, 2, 3);
        malformed(list, List.of(node(2, 0), node(3, 0)), NONE, ints(0, 1, 4), NONE, child);
        malformed(list, List.of(node(2, 0), node(3, 0)), NONE, ints(0, 3, 2), NONE, child);
        malformed(list, List.of(node(2, 0), node(3, 0)), NONE, ints(-1, 1, 3), NONE, child);
        malformed(list, List.of(node(2, 0), node(3, 0)), NONE, ints(1 << 30, 1, 3), NONE, child);
        malformed(list, List.of(node(2, 0), node(3, 0)), NONE, ints(0, 1), NONE, child);
        malformed(list, List.of(node(2, 0), node(3, 0)), NONE, NONE, NONE, child);
        malformed(list, List.of(node(2, 0), node(1 << 20, 0)), NONE, ints(0, 1, 9), NONE, child);
        // With a null row that has elements, rows are read one at a time.
        malformed(
                list, List.of(node(2, 1), node(3, 0)), new byte[] {1}, ints(0, 1, 9), NONE, child);
    }

    @Test
    void buffersAreAsLongAsTheirRows() {
        malformed(NUMBER, List.of(node(3, 0)), NONE, ints(1, 2));
        malformed(NUMBER, List.of(node(9, 1)), ALL, new byte[36]);
        malformed(NUMBER, List.of(node(Integer.MAX_VALUE, 1)), ALL, ints(1, 2));
        malformed(field("b", ArrowType.Bool.INSTANCE), List.of(node(9, 0)), NONE, ALL);
        malformed(
                field("d", new ArrowType.Decimal(5, 2, 128)),
                List.of(node(2, 0)),
                NONE,
                longs(1, 0));
        malformed(field("u", new ArrowType.Int(64, false)), List.of(node(2, 0)), NONE, longs(1));
        malformed(
                field("h", new ArrowType.FloatingPoint(FloatingPointPrecision.HALF)),
                List.of(node(2, 0)),
                NONE,
                new byte[2]);
    }

    @Test
    void textsLieWithinTheirBuffer() {
        byte[] text = "abc".getBytes(UTF_8);
        malformed(TEXT, List.of(node(2, 0)), NONE, ints(0, 2, 4), text);
        malformed(TEXT, List.of(node(2, 0)), NONE, ints(0, 3, 2), text);
        malformed(TEXT, List.of(node(2, 0)), NONE, ints(-2, 1, 2), text);
        malformed(TEXT, List.of(node(2, 0)), NONE, ints(0, 2), text);
        Field large = field("s", ArrowType.LargeUtf8.INSTANCE);
        malformed(large, List.of(node(1, 0)), NONE, longs(0, 1L << 40), text);
        malformed(large, List.of(node(1, 0)), NONE, longs(1L << 40, 1), text);
        malformed(large, List.of(node(1, 0)), NONE, longs(Long.MIN_VALUE, 1), text);
    }

    @Test
    void viewsPointIntoTheirBuffers() {
        Field view = field("v", ArrowType.Utf8View.INSTANCE);
        byte[] text = "longer than a view".getBytes(UTF_8);
        List<ArrowFieldNode> one = List.of(node(1, 0));
        assertThat(read(view, 0, one, ALL, ints(18, 0, 0, 0), text))
                .isEqualTo(List.of("longer than a view"));
        malformed(view, one, ALL, ints(18, 0, 1, 0), text);
        malformed(view, one, ALL, ints(18, 0, -1, 0), text);
        malformed(view, one, ALL, ints(18, 0, 0, 1), text);
        malformed(view, one, ALL, ints(18, 0, 0, -1), text);
        malformed(view, one, ALL, ints(-1, 0, 0, 0), text);
        malformed(view, List.of(node(2, 0)), ALL, ints(1, 0, 0, 0), text);
    }

    @Test
    void nestedVectorsAreCheckedToTheirEnds() {
        Field struct = field("r", ArrowType.Struct.INSTANCE, NUMBER, TEXT);
        byte[] text = "abc".getBytes(UTF_8);
        List<ArrowFieldNode> two = List.of(node(2, 0), node(2, 0), node(2, 0));
        malformed(struct, two, NONE, NONE, ints(1, 2), NONE, ints(0, 1, 4), text);
        malformed(struct, two, NONE, NONE, ints(1), NONE, ints(0, 1, 3), text);
        malformed(
                struct,
                List.of(node(2, 0), node(1, 0), node(2, 0)),
                NONE,
                NONE,
                ints(1),
                NONE,
                ints(0, 1, 3),
                text);
        Field inner = field("l", ArrowType.List.INSTANCE, NUMBER);
        Field lists = field("ll", ArrowType.List.INSTANCE, inner);
        malformed(
                lists,
                List.of(node(1, 0), node(2, 0), node(3, 0)),
                NONE,
                ints(0, 2),
                NONE,
                ints(0, 1, 4),
                NONE,
                ints(1, 2, 3));
        Field fixed = field("f", new ArrowType.FixedSizeList(1 << 30), NUMBER);
        malformed(fixed, List.of(node(4, 0), node(0, 0)), NONE, NONE, NONE);
        Field large = field("g", ArrowType.LargeList.INSTANCE, NUMBER);
        malformed(large, List.of(node(1, 0), node(1, 0)), NONE, longs(0, 1L << 32), NONE, ints(1));
        Field key = new Field("key", FieldType.notNullable(ArrowType.Utf8.INSTANCE), null);
        Field entries =
                new Field(
                        "e",
                        FieldType.notNullable(ArrowType.Struct.INSTANCE),
                        List.of(key, NUMBER));
        Field map = field("m", new ArrowType.Map(false), entries);
        malformed(
                map,
                List.of(node(1, 0), node(1, 0), node(1, 0), node(1, 0)),
                NONE,
                ints(0, 1),
                NONE,
                NONE,
                ints(0, 7),
                text,
                NONE,
                ints(1));
    }

    @Test
    void codesLieWithinTheirDictionary() {
        try (IntVector codes = new IntVector("c", root)) {
            codes.setSafe(0, 2);
            codes.setNull(1);
            codes.setValueCount(2);
            ArrowLayout.checkCodes(codes, 3);
            assertThatThrownBy(() -> ArrowLayout.checkCodes(codes, 2))
                    .hasMessageContaining("outside of the dictionary: 2");
            codes.set(0, -1);
            assertThatThrownBy(() -> ArrowLayout.checkCodes(codes, 2))
                    .hasMessageContaining("outside of the dictionary: -1");
        }
    }

    @Test
    void valuesFitTheirTypes() {
        try (DecimalVector decimals = new DecimalVector("d", root, 5, 2)) {
            decimals.setSafe(0, new BigDecimal("999.99"));
            decimals.setValueCount(1);
            decimals.getDataBuffer().setLong(8, 1);
            fails(decimals, ErrorCode.NUMERIC_OUT_OF_RANGE);
            decimals.getDataBuffer().setLong(8, 0);
            decimals.getDataBuffer().setLong(0, 100_000);
            fails(decimals, ErrorCode.NUMERIC_OUT_OF_RANGE);
        }
        try (DecimalVector decimals = new DecimalVector("d", root, 20, 0)) {
            decimals.setSafe(0, new BigDecimal("-99999999999999999999"));
            decimals.setSafe(1, Long.MIN_VALUE);
            decimals.setNull(2);
            decimals.setValueCount(3);
            decimals.getDataBuffer().setLong(40, Long.MAX_VALUE); // under the null
            try (Batch rows = reader.read(new VectorSchemaRoot(List.of(decimals)), 0, 3)) {
                assertThat(rows.column(0).value(0))
                        .isEqualTo(new BigDecimal("-99999999999999999999"));
            }
            decimals.getDataBuffer().setLong(8, -7);
            fails(decimals, ErrorCode.NUMERIC_OUT_OF_RANGE);
        }
        try (TimeStampSecVector seconds = new TimeStampSecVector("t", root)) {
            seconds.setSafe(0, Long.MAX_VALUE / 1000);
            seconds.setValueCount(1);
            fails(seconds, ErrorCode.DATETIME_OVERFLOW);
        }
    }

    private void fails(FieldVector vector, ErrorCode code) {
        VectorSchemaRoot rows = new VectorSchemaRoot(List.of(vector));
        assertThatThrownBy(() -> reader.read(rows, 0, vector.getValueCount()))
                .isInstanceOfSatisfying(
                        NeuralakeException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
