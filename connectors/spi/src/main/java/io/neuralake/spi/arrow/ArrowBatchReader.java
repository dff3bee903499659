package io.neuralake.spi.arrow;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Type;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Copies rows that clients send in bulk, whole buffers at a time where Arrow's layout is that of
/// columns; what is left goes a value at a time, by [ArrowImport]. What the rows refer to is checked
/// before ([ArrowLayout]). Used by one thread.
public final class ArrowBatchReader {
    private static final int INT128_BYTES = 16;
    private static final long[] POWERS_OF_TEN = new long[19];

    static {
        POWERS_OF_TEN[0] = 1;
        for (int i = 1; i < POWERS_OF_TEN.length; i++) {
            POWERS_OF_TEN[i] = 10 * POWERS_OF_TEN[i - 1];
        }
    }

    private final MemoryAllocator allocator;
    private final List<DataBuffer> buffers = new ArrayList<>();
    private final List<Column> built = new ArrayList<>();

    /// Allocates from `allocator`.
    public ArrowBatchReader(MemoryAllocator allocator) {
        this.allocator = allocator;
    }

    /// Copies `count` rows from `from` on into a batch, which the caller owns. Throws INVALID_PARAMETER
    /// (22023) for data that is malformed, NUMERIC_OUT_OF_RANGE (22003) for a decimal that its type does
    /// not hold, DATETIME_OVERFLOW (22008) for a time that microseconds do not.
    public Batch read(VectorSchemaRoot root, int from, int count) {
        List<FieldVector> vectors = root.getFieldVectors();
        Column[] columns = new Column[vectors.size()];
        try {
            for (int c = 0; c < columns.length; c++) {
                ArrowLayout.check(vectors.get(c), from, count);
                columns[c] = column(vectors.get(c), from, count);
            }
        } catch (RuntimeException | Error e) {
            buffers.forEach(DataBuffer::release);
            built.forEach(Column::release);
            throw e;
        } finally {
            buffers.clear();
            built.clear();
        }
        return Batch.of(count, columns);
    }

    private Column column(FieldVector vector, int from, int count) {
        Type type = ArrowImport.type(vector.getField());
        return switch (vector) {
            case BitVector v -> flat(type, v, count, bits(v.getDataBuffer(), from, count), from);
            case TinyIntVector _, SmallIntVector _, IntVector _, BigIntVector _ ->
                    copied(type, vector, from, count);
            case Float4Vector _, Float8Vector _, DateDayVector _, TimeMicroVector _ ->
                    copied(type, vector, from, count);
            case TimeStampVector v -> timestamps(type, v, from, count);
            case DecimalVector v when type instanceof DecimalType decimal ->
                    decimals(decimal, v, from, count);
            case VarCharVector _, VarBinaryVector _ ->
                    views(type, vector, new Offsets(vector.getOffsetBuffer(), false), from, count);
            case LargeVarCharVector _, LargeVarBinaryVector _ ->
                    views(type, vector, new Offsets(vector.getOffsetBuffer(), true), from, count);
            case MapVector _ -> values(type, vector, from, count);
            case ListVector v -> lists(type, v, from, count);
            case StructVector v -> structs(type, v, from, count);
            default -> values(type, vector, from, count);
        };
    }

    private DataBuffer allocate(long bytes) {
        DataBuffer buffer = allocator.allocate(bytes);
        buffers.add(buffer);
        return buffer;
    }

    private void drop(@Nullable DataBuffer buffer) {
        if (buffer != null) {
            buffers.remove(buffer);
            buffer.release();
        }
    }

    /// Returns a part of a buffer, which was checked to be that long.
    private static MemorySegment memory(ArrowBuf buffer, long offset, long bytes) {
        return NativeMemory.segment(buffer.memoryAddress() + offset, bytes);
    }

    private FlatColumn flat(Type type, FieldVector vector, int count, DataBuffer values, int from) {
        return new FlatColumn(type, count, values, validity(vector, from, count));
    }

    private @Nullable DataBuffer validity(FieldVector vector, int from, int count) {
        return vector.getNullCount() == 0 ? null : bits(vector.getValidityBuffer(), from, count);
    }

    private DataBuffer bits(ArrowBuf source, int from, int count) {
        DataBuffer bits = allocate(Bitmap.bytes(count));
        MemorySegment target = bits.segment();
        target.fill((byte) 0);
        if ((from & 7) == 0) {
            long bytes = (count + 7L) >>> 3;
            MemorySegment.copy(memory(source, from >>> 3, bytes), 0, target, 0, bytes);
            return bits;
        }
        MemorySegment all = memory(source, 0, ((long) from + count + 7) >>> 3);
        for (int i = 0; i < count; i++) {
            Bitmap.set(target, i, Bitmap.get(all, (long) from + i));
        }
        return bits;
    }

    private FlatColumn copied(Type type, FieldVector vector, int from, int count) {
        long width = type.physical().width();
        DataBuffer values = allocate(count * width);
        MemorySegment source = memory(vector.getDataBuffer(), from * width, count * width);
        MemorySegment.copy(source, 0, values.segment(), 0, count * width);
        return flat(type, vector, count, values, from);
    }

    private Column timestamps(Type type, TimeStampVector vector, int from, int count) {
        TimeUnit unit = ((ArrowType.Timestamp) vector.getField().getType()).getUnit();
        DataBuffer validity = unit == TimeUnit.MICROSECOND ? null : validity(vector, from, count);
        if (unit == TimeUnit.MICROSECOND) {
            return copied(type, vector, from, count);
        }
        DataBuffer values = allocate((long) count * Long.BYTES);
        MemorySegment source =
                memory(vector.getDataBuffer(), (long) from * Long.BYTES, (long) count * Long.BYTES);
        for (int i = 0; i < count; i++) {
            // What lies under null rows may be too large to scale.
            long micros =
                    isNull(validity, i)
                            ? 0
                            : ArrowImport.micros(
                                    NativeMemory.getLong(source, (long) i * Long.BYTES), unit);
            NativeMemory.setLong(values.segment(), (long) i * Long.BYTES, micros);
        }
        return new FlatColumn(type, count, values, validity);
    }

    private static boolean isNull(@Nullable DataBuffer validity, int row) {
        return validity != null && !Bitmap.get(validity.segment(), row);
    }

    private Column decimals(DecimalType type, DecimalVector vector, int from, int count) {
        if (!type.isShort()) {
            FlatColumn column = copied(type, vector, from, count);
            checkLong(type, column, vector.getName());
            return column;
        }
        DataBuffer values = allocate((long) count * Long.BYTES);
        MemorySegment source =
                memory(
                        vector.getDataBuffer(),
                        (long) from * INT128_BYTES,
                        (long) count * INT128_BYTES);
        DataBuffer validity = validity(vector, from, count);
        long limit = POWERS_OF_TEN[type.precision()];
        for (int i = 0; i < count; i++) {
            long low = NativeMemory.getLong(source, (long) i * INT128_BYTES);
            long high = NativeMemory.getLong(source, (long) i * INT128_BYTES + Long.BYTES);
            // What lies under null rows may be anything.
            if (isNull(validity, i)) {
                low = 0;
            } else if (high != low >> 63 || low <= -limit || low >= limit) {
                throw outOfRange(type, vector.getName());
            }
            NativeMemory.setLong(values.segment(), (long) i * Long.BYTES, low);
        }
        return new FlatColumn(type, count, values, validity);
    }

    private static void checkLong(DecimalType type, FlatColumn column, String name) {
        BigInteger limit = BigInteger.TEN.pow(type.precision());
        for (int i = 0; i < column.rowCount(); i++) {
            long low = NativeMemory.getLong(column.values(), (long) i * INT128_BYTES);
            long high = NativeMemory.getLong(column.values(), (long) i * INT128_BYTES + Long.BYTES);
            // All of 64 bits have 19 digits at most, fewer than any of these types.
            if (high != low >> 63
                    && !isNull(column.validity(), i)
                    && ((BigDecimal) Objects.requireNonNull(column.value(i)))
                                    .unscaledValue()
                                    .abs()
                                    .compareTo(limit)
                            >= 0) {
                throw outOfRange(type, name);
            }
        }
    }

    private static NeuralakeException outOfRange(DecimalType type, String name) {
        return new NeuralakeException(
                ErrorCode.NUMERIC_OUT_OF_RANGE,
                "Value is out of range: " + type.sql() + " of column " + name);
    }

    /// Where variable values begin. An empty vector need not have any.
    private record Offsets(ArrowBuf buffer, boolean wide) {
        long get(int row) {
            if (buffer.capacity() < (wide ? Long.BYTES : Integer.BYTES)) {
                return 0;
            }
            return wide
                    ? NativeMemory.getLong(StringView.MEMORY, buffer.memoryAddress() + 8L * row)
                    : NativeMemory.getInt(StringView.MEMORY, buffer.memoryAddress() + 4L * row);
        }
    }

    private Column views(Type type, FieldVector vector, Offsets offsets, int from, int count) {
        DataBuffer validity = validity(vector, from, count);
        long first = offsets.get(from);
        long bytes = offsets.get(from + count) - first;
        DataBuffer heap = allocate(bytes);
        MemorySegment.copy(
                memory(vector.getDataBuffer(), first, bytes), 0, heap.segment(), 0, bytes);
        DataBuffer views = allocate((long) count * StringView.BYTES);
        long at = 0;
        for (int i = 0; i < count; i++) {
            long end = offsets.get(from + i + 1) - first;
            StringView.write(
                    views.segment(),
                    (long) i * StringView.BYTES,
                    heap.address() + at,
                    isNull(validity, i) ? 0 : Math.toIntExact(end - at));
            at = end;
        }
        return new ViewColumn(type, count, views, heap, validity);
    }

    private Column lists(Type type, ListVector vector, int from, int count) {
        Offsets source = new Offsets(vector.getOffsetBuffer(), false);
        long first = source.get(from);
        DataBuffer validity = validity(vector, from, count);
        if (hidesElements(validity, source, from, count)) {
            drop(validity);
            return values(type, vector, from, count);
        }
        DataBuffer offsets = allocate((count + 1L) * Integer.BYTES);
        for (int i = 0; i <= count; i++) {
            NativeMemory.setInt(
                    offsets.segment(),
                    (long) i * Integer.BYTES,
                    (int) (source.get(from + i) - first));
        }
        Column child =
                column(
                        vector.getDataVector(),
                        (int) first,
                        (int) (source.get(from + count) - first));
        return new ListColumn(type, count, offsets, child, validity);
    }

    /// Tells whether null rows have elements, which those of a [ListColumn] must not.
    private static boolean hidesElements(
            @Nullable DataBuffer validity, Offsets offsets, int from, int count) {
        for (int i = 0; validity != null && i < count; i++) {
            if (isNull(validity, i) && offsets.get(from + i) != offsets.get(from + i + 1)) {
                return true;
            }
        }
        return false;
    }

    private Column structs(Type type, StructVector vector, int from, int count) {
        List<Column> children = new ArrayList<>();
        for (FieldVector child : vector.getChildrenFromFields()) {
            children.add(column(child, from, count));
        }
        return new StructColumn(type, count, children, validity(vector, from, count));
    }

    private Column values(Type type, FieldVector vector, int from, int count) {
        List<@Nullable Object> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(ArrowImport.value(vector, from + i));
        }
        Column column = ColumnBuilder.of(allocator, type, values);
        built.add(column);
        return column;
    }
}
