package io.neuralake.exec.operator.sort;

import static io.neuralake.exec.Expressions.bigint;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.LocalQueryEngine;
import io.neuralake.exec.MemoryTable;
import io.neuralake.exec.PlanRunner;
import io.neuralake.exec.PlanRunner.Shape;
import io.neuralake.exec.QueryOptions;
import io.neuralake.exec.QueryResult;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.Sort;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.exec.plan.PhysicalPlan.TopN;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

@Timeout(120)
class SortOperationTest {
    static final List<Type> TYPES =
            List.of(
                    ScalarType.BIGINT,
                    ScalarType.INTEGER,
                    ScalarType.SMALLINT,
                    ScalarType.TINYINT,
                    ScalarType.BOOLEAN,
                    ScalarType.DOUBLE,
                    ScalarType.REAL,
                    ScalarType.DATE,
                    new DecimalType(15, 2),
                    new DecimalType(38, 3),
                    ScalarType.VARCHAR,
                    ScalarType.VARBINARY,
                    new ListType(ScalarType.BIGINT),
                    new StructType(
                            List.of(
                                    Field.of("a", ScalarType.VARCHAR),
                                    Field.of("b", ScalarType.DOUBLE))),
                    ScalarType.TIMESTAMP);

    static Stream<Shape> shapes() {
        return PlanRunner.shapes();
    }

    private static Object value(Type type, Random random, int nulls) {
        if (random.nextInt(100) < nulls) {
            return null;
        }
        if (type instanceof ListType list) {
            List<Object> values = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                values.add(value(list.element(), random, 20));
            }
            return values;
        }
        if (type instanceof StructType struct) {
            return struct.fields().stream().map(f -> value(f.type(), random, 20)).toList();
        }
        if (type instanceof DecimalType decimal) {
            BigInteger unscaled =
                    switch (random.nextInt(decimal.isShort() ? 1 : 3)) {
                        case 0 -> BigInteger.valueOf(random.nextInt(2000) - 1000);
                        case 1 -> new BigInteger(120, random);
                        default -> new BigInteger(120, random).negate();
                    };
            return new BigDecimal(unscaled, decimal.scale());
        }
        return switch ((ScalarType) type) {
            case BOOLEAN -> random.nextBoolean();
            case TINYINT -> (long) (byte) random.nextInt();
            case SMALLINT -> (long) (short) random.nextInt();
            case INTEGER, DATE -> (long) random.nextInt();
            case DOUBLE ->
                    switch (random.nextInt(8)) {
                        case 0 -> Double.NaN;
                        case 1 -> -0.0;
                        case 2 -> 0.0;
                        case 3 -> Double.NEGATIVE_INFINITY;
                        case 4 -> Double.POSITIVE_INFINITY;
                        default -> random.nextGaussian();
                    };
            case REAL ->
                    random.nextInt(5) == 0 ? Double.NaN : (double) (float) random.nextGaussian();
            case VARCHAR -> text(random);
            case VARBINARY -> text(random).getBytes(StandardCharsets.UTF_8);
            default ->
                    switch (random.nextInt(3)) {
                        case 0 -> random.nextLong();
                        case 1 -> (long) random.nextInt(10);
                        default -> random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE;
                    };
        };
    }

    private static String text(Random random) {
        String prefix =
                switch (random.nextInt(4)) {
                    case 0 -> "";
                    case 1 -> "Customer#0000";
                    case 2 -> "a common prefix of more than thirty-two bytes ";
                    default -> "é";
                };
        StringBuilder text = new StringBuilder(prefix);
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append((char) (random.nextInt(3) == 0 ? 0 : 'a' + random.nextInt(3)));
        }
        return text.toString();
    }

    @SuppressWarnings("unchecked")
    private static int compareValues(Object a, Object b) {
        return switch (a) {
            case String s ->
                    Arrays.compareUnsigned(
                            s.getBytes(StandardCharsets.UTF_8),
                            ((String) b).getBytes(StandardCharsets.UTF_8));
            case byte[] s -> Arrays.compareUnsigned(s, (byte[]) b);
            case Double d -> Double.compare(d + 0.0, (Double) b + 0.0);
            case List<?> l -> {
                List<?> r = (List<?>) b;
                for (int i = 0; i < Math.min(l.size(), r.size()); i++) {
                    Object x = l.get(i);
                    Object y = r.get(i);
                    int c =
                            x == null || y == null
                                    ? Boolean.compare(x == null, y == null)
                                    : compareValues(x, y);
                    if (c != 0) {
                        yield c;
                    }
                }
                yield Integer.compare(l.size(), r.size());
            }
            default -> ((Comparable<Object>) a).compareTo(b);
        };
    }

    static Comparator<List<Object>> order(List<SortKey> keys) {
        return (left, right) -> {
            for (SortKey key : keys) {
                Object a = left.get(key.column());
                Object b = right.get(key.column());
                int c;
                if (a == null || b == null) {
                    c =
                            key.nullsFirst()
                                    ? Boolean.compare(b == null, a == null)
                                    : Boolean.compare(a == null, b == null);
                } else {
                    c = key.descending() ? compareValues(b, a) : compareValues(a, b);
                }
                if (c != 0) {
                    return c;
                }
            }
            return 0;
        };
    }

    static Schema schema(List<Type> types) {
        List<Field> fields = new ArrayList<>();
        for (Type type : types) {
            fields.add(Field.of("c" + fields.size(), type));
        }
        fields.add(Field.of("id", ScalarType.BIGINT));
        return new Schema(fields);
    }

    static List<List<Object>> rows(List<Type> types, int count, int nulls, Random random) {
        List<List<Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Object> row = new ArrayList<>();
            for (Type type : types) {
                row.add(value(type, random, nulls));
            }
            row.add((long) i);
            rows.add(row);
        }
        return rows;
    }

    /// Checks order and completeness; the order of equal rows is free.
    static void assertSorted(
            List<List<Object>> actual, List<List<Object>> expected, List<SortKey> keys) {
        Comparator<List<Object>> order = order(keys);
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(order.compare(actual.get(i), expected.get(i)))
                    .as("row %s: %s, expected as %s", i, actual.get(i), expected.get(i))
                    .isZero();
        }
        assertThat(actual.stream().map(List::getLast)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everyTypeInEveryDirection(Shape shape) {
        Random random = new Random(42);
        for (Type type : TYPES) {
            for (int nulls : new int[] {0, 15}) {
                List<List<Object>> rows = rows(List.of(type), 300, nulls, random);
                for (int direction = 0; direction < 4; direction++) {
                    List<SortKey> keys =
                            List.of(new SortKey(0, (direction & 1) != 0, (direction & 2) != 0));
                    MemoryTable table = new MemoryTable(schema(List.of(type)), rows, 40);
                    List<List<Object>> expected = rows.stream().sorted(order(keys)).toList();
                    assertSorted(
                            PlanRunner.run(new Sort(table.scan(), keys), shape), expected, keys);
                    PhysicalPlan top = new TopN(table.scan(), keys, bigint(17L), bigint(5L), 17);
                    assertSorted(PlanRunner.run(top, shape), expected.subList(5, 22), keys);
                }
            }
        }
    }

    @Test
    void manyKeysAtRandom() {
        Random random = new Random(7);
        for (int round = 0; round < 60; round++) {
            List<Type> types = new ArrayList<>();
            List<SortKey> keys = new ArrayList<>();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                keys.add(new SortKey(types.size(), random.nextBoolean(), random.nextBoolean()));
                types.add(TYPES.get(random.nextInt(TYPES.size())));
            }
            List<List<Object>> rows = rows(types, 2000, random.nextInt(3) * 10, random);
            // few distinct values, so that ties occur
            for (List<Object> row : rows) {
                List<Object> other = rows.get(random.nextInt(rows.size()));
                for (int c = 0; c < types.size(); c++) {
                    if (random.nextInt(3) > 0) {
                        row.set(c, other.get(c));
                    }
                }
            }
            MemoryTable table = new MemoryTable(schema(types), rows, 100);
            List<List<Object>> expected = rows.stream().sorted(order(keys)).toList();
            assertSorted(
                    PlanRunner.run(new Sort(table.scan(), keys), new Shape(64, 3)), expected, keys);
        }
    }

    /// A table whose strings are dictionary-encoded over one dictionary.
    private static MemoryTable dictionaryTable(List<List<Object>> rows) {
        return new MemoryTable(schema(List.of(ScalarType.VARCHAR)), rows, 50) {
            @Override
            protected Column column(MemoryAllocator allocator, Type type, List<Object> values) {
                if (type != ScalarType.VARCHAR) {
                    return super.column(allocator, type, values);
                }
                List<Object> distinct = new ArrayList<>(values.stream().distinct().toList());
                DataBuffer codes = allocator.allocate(4L * values.size());
                for (int i = 0; i < values.size(); i++) {
                    codes.segment()
                            .set(
                                    ValueLayout.JAVA_INT_UNALIGNED,
                                    4L * i,
                                    distinct.indexOf(values.get(i)));
                }
                return new DictionaryColumn(
                        values.size(), codes, ColumnBuilder.of(allocator, type, distinct), null);
            }
        };
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void dictionariesSortByTheirValues(Shape shape) {
        Random random = new Random(3);
        List<List<Object>> rows = new ArrayList<>();
        List<String> words = Arrays.asList("pear", "apple", null, "fig", "a long name of a fruit");
        for (int i = 0; i < 400; i++) {
            rows.add(Arrays.asList(words.get(random.nextInt(5)), (long) i));
        }
        List<SortKey> keys = List.of(new SortKey(0, true, false), new SortKey(1, false, false));
        List<List<Object>> expected = rows.stream().sorted(order(keys)).toList();
        assertThat(PlanRunner.run(new Sort(dictionaryTable(rows).scan(), keys), shape))
                .isEqualTo(expected);
    }

    @Test
    void topOfManyRowsLowersTheThreshold() {
        Random random = new Random(11);
        List<Type> types = List.of(ScalarType.DOUBLE, ScalarType.VARCHAR);
        List<List<Object>> rows = rows(types, 60_000, 5, random);
        MemoryTable table = new MemoryTable(schema(types), rows, 5000);
        for (List<SortKey> keys :
                List.of(
                        List.of(new SortKey(0, false, false)),
                        List.of(new SortKey(0, true, true)),
                        List.of(new SortKey(1, true, false), new SortKey(0, false, true)),
                        List.of(new SortKey(2, true, true)))) {
            List<List<Object>> expected = rows.stream().sorted(order(keys)).toList();
            for (long limit : new long[] {0, 1, 100, 20_000}) {
                PhysicalPlan top = new TopN(table.scan(), keys, bigint(limit), bigint(10L), limit);
                assertSorted(
                        PlanRunner.run(top, new Shape(1000, 3)),
                        expected.subList(10, 10 + (int) limit),
                        keys);
            }
        }
    }

    @Test
    void manyChunksAreMerged() {
        Random random = new Random(5);
        List<List<Object>> rows = rows(List.of(ScalarType.BIGINT), 300_000, 1, random);
        MemoryTable table = new MemoryTable(schema(List.of(ScalarType.BIGINT)), rows, 10_000);
        List<SortKey> keys = List.of(new SortKey(0, false, false), new SortKey(1, true, false));
        List<List<Object>> expected = rows.stream().sorted(order(keys)).toList();
        assertThat(PlanRunner.run(new Sort(table.scan(), keys), new Shape(2048, 4)))
                .isEqualTo(expected);
    }

    @Test
    void limitAboveSortKeepsTheOrder() {
        List<List<Object>> rows = new ArrayList<>();
        for (long i = 0; i < 5000; i++) {
            rows.add(List.of(i * 7919 % 5003, i));
        }
        MemoryTable table = new MemoryTable(schema(List.of(ScalarType.BIGINT)), rows, 100);
        List<SortKey> keys = List.of(new SortKey(0, false, false));
        PhysicalPlan plan =
                new PhysicalPlan.Limit(
                        new Sort(table.scan(), keys), bigint(1000L), bigint(1500L), 1000);
        List<List<Object>> expected = rows.stream().sorted(order(keys)).toList();
        assertThat(PlanRunner.run(plan, new Shape(64, 4))).isEqualTo(expected.subList(1500, 2500));
    }

    @Test
    void closingASortEarlyFreesIt() {
        List<List<Object>> rows = rows(List.of(ScalarType.VARCHAR), 20_000, 1, new Random(1));
        MemoryTable table = new MemoryTable(schema(List.of(ScalarType.VARCHAR)), rows, 1000);
        try (LocalQueryEngine engine = PlanRunner.engine(2)) {
            Sort plan = new Sort(table.scan(), List.of(new SortKey(0, false, false)));
            try (QueryResult result = engine.execute(plan, QueryOptions.DEFAULT)) {
                result.poll();
            }
            assertThat(engine.reservedBytes()).isZero();
            QueryOptions small =
                    new QueryOptions(List.of(), 40_000, 0, 256, false, java.time.ZoneOffset.UTC);
            try (QueryResult result = engine.execute(plan, small)) {
                org.assertj.core.api.Assertions.assertThatThrownBy(() -> PlanRunner.drain(result))
                        .hasMessageContaining("Memory limit exceeded");
            }
            assertThat(engine.reservedBytes()).isZero();
        }
    }
}
