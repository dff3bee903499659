package io.neuralake.exec.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

class HashKernelsTest {
    private final RootAllocator root = new RootAllocator();
    private final MemoryAllocator allocator =
            new ArrowAllocator(root, new LimitedReservation("test", 1L << 30, null));

    @AfterEach
    void closeRoot() {
        root.close();
    }

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of(ScalarType.BOOLEAN, Arrays.asList(true, false, null)),
                Arguments.of(ScalarType.TINYINT, Arrays.asList(1L, -1L, null)),
                Arguments.of(ScalarType.SMALLINT, Arrays.asList(300L, -1L, null)),
                Arguments.of(ScalarType.INTEGER, Arrays.asList(70_000L, null, -5L)),
                Arguments.of(ScalarType.BIGINT, Arrays.asList(1L << 40, null, -5L)),
                Arguments.of(ScalarType.REAL, Arrays.asList(1.5, null, Double.NaN)),
                Arguments.of(ScalarType.DOUBLE, Arrays.asList(1.5, null, Double.NaN)),
                Arguments.of(
                        new DecimalType(38, 2),
                        Arrays.asList(
                                new BigDecimal("123456789012345678901234567890.12"),
                                null,
                                new BigDecimal("-1.00"))),
                Arguments.of(
                        ScalarType.VARCHAR,
                        Arrays.asList("", null, "short", "a value of many bytes", "exactly twelv")),
                Arguments.of(
                        new ListType(ScalarType.VARCHAR),
                        Arrays.asList(List.of("a", "b"), null, List.of())),
                Arguments.of(
                        new StructType(
                                List.of(
                                        Field.of("x", ScalarType.BIGINT),
                                        Field.of("y", ScalarType.VARCHAR))),
                        Arrays.asList(List.of(1L, "b"), null, Arrays.asList(null, "c"))));
    }

    @ParameterizedTest
    @MethodSource("values")
    void formsOfOneValueHashEqually(Type type, List<Object> values) {
        Column flat = ColumnBuilder.of(allocator, type, values);
        DataBuffer codes = allocator.allocate(4L * values.size());
        for (int i = 0; i < values.size(); i++) {
            codes.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, i);
        }
        Column dictionary = new DictionaryColumn(values.size(), codes, flat.retain(), null);
        for (boolean combine : new boolean[] {false, true}) {
            long[] expected = hashes(flat, combine);
            assertThat(hashes(dictionary, combine)).isEqualTo(expected);
            for (int i = 0; i < values.size(); i++) {
                Column single =
                        ColumnBuilder.of(allocator, type, Collections.singletonList(values.get(i)));
                Column constant = new ConstantColumn(3, single);
                assertThat(hashes(constant, combine)).containsOnly(expected[i]);
                constant.release();
            }
            assertThat(new HashSet<>(Arrays.stream(expected).boxed().toList()))
                    .hasSize(values.size());
        }
        dictionary.release();
        flat.release();
    }

    @Test
    void hashesLargeDictionariesAsTheirValues() {
        List<String> values =
                LongStream.range(0, 140_000).mapToObj(i -> "value number " + i).toList();
        Column flat = ColumnBuilder.of(allocator, ScalarType.VARCHAR, values);
        DataBuffer codes = allocator.allocate(4L * values.size());
        for (int i = 0; i < values.size(); i++) {
            codes.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, i);
        }
        Column dictionary = new DictionaryColumn(values.size(), codes, flat.retain(), null);
        assertThat(hashes(dictionary, true)).isEqualTo(hashes(flat, true));
        dictionary.release();
        flat.release();
    }

    @Test
    void zeroesAndNansOfAllKindsAreEqual() {
        Column column =
                ColumnBuilder.of(
                        allocator,
                        ScalarType.DOUBLE,
                        List.of(0.0, -0.0, Double.NaN, Double.longBitsToDouble(-1L)));
        long[] hashes = hashes(column, false);
        assertThat(hashes[0]).isEqualTo(hashes[1]);
        assertThat(hashes[2]).isEqualTo(hashes[3]);
        column.release();
    }

    @Test
    void integersHashByValueInAllWidths() {
        Column narrow = ColumnBuilder.of(allocator, ScalarType.SMALLINT, List.of(-7L, 12L));
        Column wide = ColumnBuilder.of(allocator, ScalarType.BIGINT, List.of(-7L, 12L));
        assertThat(hashes(narrow, false)).isEqualTo(hashes(wide, false));
        narrow.release();
        wide.release();
    }

    @Test
    void spreadsConsecutiveIntegersOverUpperAndLowerBits() {
        Column column =
                ColumnBuilder.of(
                        allocator, ScalarType.BIGINT, LongStream.range(0, 4096).boxed().toList());
        Set<Long> upper = new HashSet<>();
        Set<Long> lower = new HashSet<>();
        for (long hash : hashes(column, false)) {
            upper.add(hash >>> 52);
            lower.add(hash & 4095);
        }
        assertThat(upper).hasSizeGreaterThan(2400);
        assertThat(lower).hasSizeGreaterThan(2400);
        column.release();
    }

    @Test
    void propertyMakesEveryHashZero() {
        Column column = ColumnBuilder.of(allocator, ScalarType.BIGINT, List.of(1L, 2L));
        System.setProperty(HashKernels.HASH_ZERO_PROPERTY, "true");
        try {
            assertThat(hashes(column, true)).containsOnly(0L);
        } finally {
            System.clearProperty(HashKernels.HASH_ZERO_PROPERTY);
        }
        column.release();
    }

    private long[] hashes(Column column, boolean combine) {
        DataBuffer buffer = allocator.allocateZeroed(8L * column.rowCount());
        try {
            HashKernels.hash(column, column.rowCount(), buffer.segment(), combine);
            return buffer.segment().toArray(ValueLayout.JAVA_LONG_UNALIGNED);
        } finally {
            buffer.release();
        }
    }
}
