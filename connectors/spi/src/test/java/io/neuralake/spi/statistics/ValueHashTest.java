package io.neuralake.spi.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

class ValueHashTest {
    private final RootAllocator root = new RootAllocator();
    private final MemoryAllocator allocator =
            new ArrowAllocator(root, new LimitedReservation("test", Long.MAX_VALUE, null));

    @AfterEach
    void nothingLeaks() {
        root.close();
    }

    private Column column(Type type, @Nullable Object... values) {
        return ColumnBuilder.of(allocator, type, Arrays.asList(values));
    }

    private static long[] hashes(Column column) {
        try {
            long[] hashes = new long[column.rowCount()];
            ValueHash.hash(column, column.rowCount(), hashes);
            return hashes;
        } finally {
            column.release();
        }
    }

    @Test
    void integersOfEveryWidthAgree() {
        long[] expected = {ValueHash.hash(-5), ValueHash.NULL, ValueHash.hash(100)};
        for (Type type :
                new Type[] {
                    ScalarType.TINYINT,
                    ScalarType.SMALLINT,
                    ScalarType.INTEGER,
                    ScalarType.BIGINT,
                    ScalarType.DATE,
                    ScalarType.TIME,
                    ScalarType.TIMESTAMP
                }) {
            assertThat(hashes(column(type, -5L, null, 100L))).isEqualTo(expected);
        }
    }

    @Test
    void decimalsOfOneScaleAgree() {
        BigDecimal small = new BigDecimal("-12.34");
        BigDecimal large = new BigDecimal("123456789012345678901234567890.12");
        long[] wide = hashes(column(new DecimalType(38, 2), small, large, null));
        assertThat(hashes(column(new DecimalType(10, 2), small))[0])
                .isEqualTo(wide[0])
                .isEqualTo(ValueHash.hash(-1234));
        assertThat(wide[1]).isNotIn(wide[0], ValueHash.NULL);
        assertThat(wide[2]).isEqualTo(ValueHash.NULL);
    }

    @Test
    void floatsAgreeWithDoubles() {
        long[] reals = hashes(column(ScalarType.REAL, 0.5, 0.0, -0.0, Double.NaN));
        assertThat(hashes(column(ScalarType.DOUBLE, 0.5, -0.0, 0.0, Double.NaN))).isEqualTo(reals);
        assertThat(reals[1]).isEqualTo(reals[2]);
        assertThat(reals[0]).isNotEqualTo(reals[1]);
    }

    @Test
    void textsAreHashedWhetherInlineOrNot() {
        String longText = "a text that no view holds inline";
        assertThat(hashes(column(ScalarType.VARCHAR, "", "short", longText, null)))
                .containsExactly(
                        ValueHash.hash(new byte[0]),
                        ValueHash.hash("short".getBytes(StandardCharsets.UTF_8)),
                        ValueHash.hash(longText.getBytes(StandardCharsets.UTF_8)),
                        ValueHash.NULL);
    }

    @Test
    void formOfAColumnDoesNotMatter() {
        long a = ValueHash.hash("a".getBytes(StandardCharsets.UTF_8));
        long b = ValueHash.hash("b".getBytes(StandardCharsets.UTF_8));
        Column few = column(ScalarType.VARCHAR, "a", "b");
        assertThat(hashes(dictionary(few, 1, 0, 1))).containsExactly(b, a, b);
        Column many = column(ScalarType.VARCHAR, "a", "b", null, "d");
        assertThat(hashes(dictionary(many, 1, 2))).containsExactly(b, ValueHash.NULL);
        Column numbers = column(ScalarType.BIGINT, 7L, 8L, 9L);
        assertThat(hashes(dictionary(numbers, 2))).containsExactly(ValueHash.hash(9));
        assertThat(hashes(new ConstantColumn(2, column(ScalarType.VARCHAR, "a"))))
                .containsExactly(a, a);
    }

    /// Takes ownership of the entries.
    private Column dictionary(Column entries, int... codes) {
        DataBuffer buffer = allocator.allocateZeroed(4L * codes.length);
        for (int i = 0; i < codes.length; i++) {
            buffer.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, codes[i]);
        }
        return new DictionaryColumn(codes.length, buffer, entries, null);
    }

    @Test
    void typesAreComparableWhoseValuesAre() {
        assertThat(ValueHash.areComparable(ScalarType.INTEGER, ScalarType.BIGINT)).isTrue();
        assertThat(ValueHash.areComparable(new DecimalType(5, 2), new DecimalType(30, 2))).isTrue();
        assertThat(ValueHash.areComparable(new DecimalType(5, 2), new DecimalType(5, 3))).isFalse();
        assertThat(ValueHash.areComparable(ScalarType.DATE, ScalarType.TIMESTAMP)).isFalse();
        assertThat(ValueHash.areComparable(ScalarType.BOOLEAN, ScalarType.BOOLEAN)).isFalse();
        assertThat(ValueHash.isHashed(new ListType(ScalarType.INTEGER))).isFalse();
        assertThatThrownBy(() -> hashes(column(ScalarType.BOOLEAN, true)))
                .isInstanceOf(IllegalStateException.class);
    }
}
