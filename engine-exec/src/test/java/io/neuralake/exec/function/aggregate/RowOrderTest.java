package io.neuralake.exec.function.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// Rows in order, compared with Java's stable sort.
class RowOrderTest {
    private static final DecimalType DECIMAL = new DecimalType(38, 0);
    private static final int ROWS = 3000;

    /// Values of a key, many of them more than once.
    enum Values {
        BIGINTS(ScalarType.BIGINT) {
            @Override
            Object draw(Random random) {
                return random.nextLong(500) - 250;
            }
        },
        /// That need one word each.
        NARROW(DECIMAL) {
            @Override
            Object draw(Random random) {
                return BigDecimal.valueOf(random.nextLong(500) - 250);
            }
        },
        /// From the least to the greatest that one word holds.
        FULL_WORDS(DECIMAL) {
            @Override
            Object draw(Random random) {
                return switch (random.nextInt(4)) {
                    case 0 -> BigDecimal.valueOf(Long.MIN_VALUE);
                    case 1 -> BigDecimal.valueOf(Long.MAX_VALUE);
                    default -> BigDecimal.valueOf(random.nextLong());
                };
            }
        },
        /// Of which some need two words.
        WIDE(DECIMAL) {
            @Override
            Object draw(Random random) {
                BigInteger step = BigInteger.ONE.shiftLeft(random.nextBoolean() ? 62 : 3);
                return new BigDecimal(step.multiply(BigInteger.valueOf(random.nextInt(40) - 20)));
            }
        },
        TEXTS(ScalarType.VARCHAR) {
            @Override
            Object draw(Random random) {
                return random.nextBoolean()
                        ? "t" + random.nextInt(50)
                        : "a text that is long " + random.nextInt(50);
            }
        };

        final Type type;

        Values(Type type) {
            this.type = type;
        }

        abstract Object draw(Random random);
    }

    @ParameterizedTest
    @EnumSource
    void sortsStably(Values values) {
        Random random = new Random(values.ordinal());
        for (double nulls : new double[] {0, 0.2}) {
            List<@Nullable Object> drawn = new ArrayList<>();
            for (int i = 0; i < ROWS; i++) {
                drawn.add(random.nextDouble() < nulls ? null : values.draw(random));
            }
            for (boolean descending : new boolean[] {false, true}) {
                for (boolean nullsFirst : new boolean[] {false, true}) {
                    SortKey key = new SortKey(0, descending, nullsFirst);
                    assertThat(sorted(values.type, drawn, key))
                            .as("%s", key)
                            .isEqualTo(expected(drawn, key));
                }
            }
        }
    }

    private static List<Integer> sorted(Type type, List<@Nullable Object> values, SortKey key) {
        LimitedReservation reservation = new LimitedReservation("test", Long.MAX_VALUE, null);
        int[] rows = IntStream.range(0, values.size()).toArray();
        try (RootAllocator root = new RootAllocator()) {
            ArrowAllocator memory = new ArrowAllocator(root, reservation);
            Column column = ColumnBuilder.of(memory, type, values);
            try (RowOrder order = new RowOrder(List.of(column), List.of(key), memory)) {
                order.sort(rows, 0, rows.length);
            } finally {
                column.release();
            }
        }
        assertThat(reservation.reservedBytes()).isZero();
        return IntStream.of(rows).boxed().toList();
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static List<Integer> expected(List<@Nullable Object> values, SortKey key) {
        Comparator<Comparable> inOrder = Comparator.naturalOrder();
        Comparator<Comparable> directed = key.descending() ? inOrder.reversed() : inOrder;
        Comparator<Comparable> all =
                key.nullsFirst() ? Comparator.nullsFirst(directed) : Comparator.nullsLast(directed);
        return IntStream.range(0, values.size())
                .boxed()
                .sorted(Comparator.comparing(row -> (Comparable) values.get(row), all))
                .toList();
    }
}
