package io.neuralake.exec.row;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Makes random columns of every type and form.
public final class RandomColumns {
    /// One type of every layout, nested ones included.
    public static final List<Type> TYPES =
            List.of(
                    ScalarType.BOOLEAN,
                    ScalarType.TINYINT,
                    ScalarType.SMALLINT,
                    ScalarType.INTEGER,
                    ScalarType.BIGINT,
                    ScalarType.REAL,
                    ScalarType.DOUBLE,
                    ScalarType.VARCHAR,
                    ScalarType.VARBINARY,
                    ScalarType.DATE,
                    ScalarType.TIMESTAMP,
                    new DecimalType(15, 2),
                    new DecimalType(38, 10),
                    new ListType(ScalarType.INTEGER),
                    new ListType(new ListType(ScalarType.VARCHAR)),
                    new MapType(ScalarType.VARCHAR, ScalarType.BIGINT),
                    new StructType(
                            List.of(
                                    Field.of("a", ScalarType.BIGINT),
                                    Field.of("b", ScalarType.VARCHAR),
                                    Field.of("c", new ListType(ScalarType.BOOLEAN)))));

    /// How a column is held.
    public enum Form {
        PLAIN,
        DICTIONARY,
        DICTIONARY_WITH_NULLS,
        CONSTANT
    }

    private final Random random;

    /// Draws from a seed.
    public RandomColumns(long seed) {
        random = new Random(seed);
    }

    /// Returns a column of `rows`, which the caller owns.
    ///
    /// @param distinct about how many different values
    public Column column(
            MemoryAllocator allocator,
            Type type,
            Form form,
            int rows,
            double nullRate,
            int distinct) {
        return switch (form) {
            case PLAIN -> ColumnBuilder.of(allocator, type, values(type, rows, nullRate, distinct));
            case CONSTANT ->
                    new ConstantColumn(
                            rows,
                            ColumnBuilder.of(allocator, type, values(type, 1, nullRate, distinct)));
            case DICTIONARY, DICTIONARY_WITH_NULLS -> {
                double inside = form == Form.DICTIONARY ? 0 : nullRate;
                Column dictionary =
                        ColumnBuilder.of(allocator, type, values(type, distinct, inside, distinct));
                try {
                    yield dictionary(allocator, dictionary, rows, nullRate);
                } finally {
                    dictionary.release();
                }
            }
        };
    }

    /// Returns a column of random codes into a dictionary, which stays the caller's.
    public Column dictionary(
            MemoryAllocator allocator, Column dictionary, int rows, double nullRate) {
        DataBuffer codes = allocator.allocate(4L * rows);
        for (int i = 0; i < rows; i++) {
            codes.segment()
                    .set(
                            ValueLayout.JAVA_INT_UNALIGNED,
                            4L * i,
                            random.nextInt(dictionary.rowCount()));
        }
        return new DictionaryColumn(
                rows, codes, dictionary.retain(), bitmap(allocator, rows, 1 - nullRate));
    }

    /// Returns a bitmap with bits set at the given rate, or null when the rate is 1.
    public @Nullable DataBuffer bitmap(MemoryAllocator allocator, int rows, double rate) {
        if (rate >= 1) {
            return null;
        }
        DataBuffer bits = allocator.allocateZeroed(Bitmap.bytes(rows));
        for (int i = 0; i < rows; i++) {
            Bitmap.set(bits.segment(), i, random.nextDouble() < rate);
        }
        return bits;
    }

    /// Returns values in Java form.
    public List<@Nullable Object> values(Type type, int rows, double nullRate, int distinct) {
        List<@Nullable Object> values = new ArrayList<>(rows);
        for (int i = 0; i < rows; i++) {
            values.add(
                    random.nextDouble() < nullRate ? null : value(type, random.nextInt(distinct)));
        }
        return values;
    }

    /// Returns the value numbered `number` of the type; equal numbers give equal values, and different
    /// ones different values where the type has enough.
    public static Object value(Type type, int number) {
        return switch (type) {
            case DecimalType d ->
                    new BigDecimal(
                            BigInteger.valueOf(number - 3)
                                    .multiply(BigInteger.TEN.pow(Math.max(0, d.precision() - 12))),
                            d.scale());
            case ListType l -> {
                List<Object> list = new ArrayList<>();
                for (int i = 0; i < number % 4; i++) {
                    list.add(value(l.element(), number / 4 + i));
                }
                yield list;
            }
            case MapType m -> {
                List<Object> list = new ArrayList<>();
                for (int i = 0; i < number % 3; i++) {
                    list.add(List.of(value(m.key(), number + i), value(m.value(), i)));
                }
                yield list;
            }
            case StructType s -> s.fields().stream().map(f -> value(f.type(), number)).toList();
            case ScalarType scalar -> scalar(scalar, number);
        };
    }

    private static Object scalar(ScalarType type, int number) {
        return switch (type) {
            case NULL -> throw new IllegalArgumentException("No value of type NULL");
            case BOOLEAN -> (number & 1) != 0;
            case REAL, DOUBLE -> number * 0.5 - 1;
            case VARCHAR -> number % 3 == 0 ? "s" + number : "a longer string of number " + number;
            case VARBINARY -> ("bytes " + number).getBytes(java.nio.charset.StandardCharsets.UTF_8);
            case TINYINT -> (long) (byte) number;
            case SMALLINT -> (long) (short) (number - 5);
            default ->
                    type.physical() == PhysicalType.INT32
                            ? (Object) (long) (number * 7 - 20)
                            : (Object) (number * 1_000_003L - 77);
        };
    }
}
