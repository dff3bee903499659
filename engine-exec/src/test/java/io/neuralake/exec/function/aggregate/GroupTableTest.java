package io.neuralake.exec.function.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Keys near to each other are found in pages, others by hash, and what begins as the one may have to
/// go on as the other.
class GroupTableTest {
    private static final int BATCH = 500;
    private static final int BATCHES = 200;

    /// How the keys of a test are spread.
    enum Keys {
        CLUSTERED {
            @Override
            long key(Random random, int row) {
                return row / 4 * 4L + (row % 3 == 0 ? 1 : 0);
            }
        },
        DESCENDING {
            @Override
            long key(Random random, int row) {
                return -row * 3L;
            }
        },
        SMALL_RANGE {
            @Override
            long key(Random random, int row) {
                return random.nextInt(40_000) - 20_000;
            }
        },
        SCATTERED {
            @Override
            long key(Random random, int row) {
                return random.nextLong();
            }
        },
        EXTREMES {
            @Override
            long key(Random random, int row) {
                return random.nextBoolean()
                        ? Long.MAX_VALUE - random.nextInt(9)
                        : Long.MIN_VALUE + random.nextInt(9);
            }
        },
        FIRST_CLUSTERED_THEN_SCATTERED {
            @Override
            long key(Random random, int row) {
                return row < BATCH * BATCHES / 2 ? row / 2 : random.nextInt() * 4096L;
            }
        },
        A_PAGE_EACH {
            @Override
            long key(Random random, int row) {
                return row % 5_000 * 4096L;
            }
        };

        abstract long key(Random random, int row);
    }

    @ParameterizedTest
    @EnumSource(Keys.class)
    void numbersKeysInOrderOfAppearanceHoweverTheyLie(Keys keys) {
        check(keys, ScalarType.BIGINT);
    }

    @ParameterizedTest
    @EnumSource(Keys.class)
    void sameForKeysWhoseNullBitIsInTheWord(Keys keys) {
        check(keys, ScalarType.INTEGER);
    }

    private static void check(Keys keys, Type type) {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        LimitedReservation reservation = new LimitedReservation("test", Long.MAX_VALUE, null);
        try (RootAllocator root = new RootAllocator()) {
            ArrowAllocator allocator = new ArrowAllocator(root, reservation);
            check(keys, type, random, allocator);
        }
        assertThat(reservation.reservedBytes()).isZero();
    }

    private static void check(Keys keys, Type type, Random random, ArrowAllocator allocator) {
        Map<Object, Integer> expected = new HashMap<>();
        try (BatchScratch scratch = new BatchScratch(allocator);
                GroupTable table =
                        new GroupTable(
                                allocator, List.of(type), new boolean[] {true}, new byte[8]);
                GroupTable merged =
                        new GroupTable(
                                allocator, List.of(type), new boolean[] {true}, new byte[8])) {
            for (int b = 0; b < BATCHES; b++) {
                List<Object> values = new ArrayList<>();
                for (int i = 0; i < BATCH; i++) {
                    long key = keys.key(random, b * BATCH + i);
                    boolean isNull = random.nextInt(50) == 0;
                    values.add(
                            isNull ? null : type == ScalarType.BIGINT ? key : (Object) (int) key);
                }
                assign(table, type, values, allocator, scratch, expected);
            }
            assertThat(table.groupCount()).isEqualTo(expected.size());
            mergesAll(table, merged, scratch);
            assertThat(merged.groupCount()).isEqualTo(expected.size());
        }
    }

    private static void assign(
            GroupTable table,
            Type type,
            List<Object> values,
            ArrowAllocator allocator,
            BatchScratch scratch,
            Map<Object, Integer> expected) {
        Column column = ColumnBuilder.of(allocator, type, values);
        try {
            scratch.reset();
            MemorySegment groups = scratch.ints(values.size());
            RowSet rows = new RowSet(values.size(), null, null);
            table.assign(new Column[] {column}, rows, groups, scratch);
            for (int i = 0; i < values.size(); i++) {
                int group = groups.get(Operands.INT, 4L * i);
                Object key = values.get(i) == null ? "null" : values.get(i);
                assertThat(group).isEqualTo(expected.computeIfAbsent(key, k -> group));
            }
            assertThat(table.groupCount()).isEqualTo(expected.size());
        } finally {
            column.release();
        }
    }

    private static void mergesAll(GroupTable from, GroupTable to, BatchScratch scratch) {
        int count = Math.min(1000, from.groupCount());
        BitSet found = new BitSet();
        for (int at = 0; at < from.groupCount(); at += count) {
            int some = Math.min(count, from.groupCount() - at);
            scratch.reset();
            MemorySegment theirs = scratch.ints(some);
            for (int i = 0; i < some; i++) {
                theirs.set(Operands.INT, 4L * i, at + i);
            }
            MemorySegment mine = scratch.ints(some);
            to.assign(from, theirs, some, mine, scratch);
            for (int i = 0; i < some; i++) {
                found.set(mine.get(Operands.INT, 4L * i));
            }
        }
        assertThat(found.cardinality()).as("a group each").isEqualTo(from.groupCount());
    }
}
