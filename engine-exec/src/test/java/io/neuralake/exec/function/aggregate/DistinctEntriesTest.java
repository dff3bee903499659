package io.neuralake.exec.function.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

class DistinctEntriesTest {
    private static final int BATCH = 1000;
    private static final int GROUPS = 500;

    private final RootAllocator root = new RootAllocator();
    private final LimitedReservation reservation =
            new LimitedReservation("test", Long.MAX_VALUE, null);
    private final ArrowAllocator allocator = new ArrowAllocator(root, reservation);
    private final BatchScratch scratch = new BatchScratch(allocator);

    @AfterEach
    void nothingLeaks() {
        scratch.close();
        assertThat(reservation.reservedBytes()).isZero();
        root.close();
    }

    private DistinctEntries entries(Type type, boolean nullable) {
        return new DistinctEntries(allocator, List.of(new Field("x", type, nullable)), true);
    }

    private void add(
            DistinctEntries entries, Type type, List<@Nullable Object> values, int[] groups) {
        Column column = ColumnBuilder.of(allocator, type, values);
        try {
            scratch.reset();
            MemorySegment group = scratch.ints(groups.length);
            for (int i = 0; i < groups.length; i++) {
                group.set(Operands.INT, 4L * i, groups[i]);
            }
            RowSet rows = new RowSet(groups.length, null, group);
            entries.add(new Column[] {column}, rows, GROUPS, scratch);
        } finally {
            column.release();
        }
    }

    /// Adds rows numbered from `from` on, each a pair of its own.
    private void addNew(DistinctEntries entries, int from, int count) {
        for (int at = from; at < from + count; at += BATCH) {
            List<@Nullable Object> values = new ArrayList<>();
            int[] groups = new int[BATCH];
            for (int i = 0; i < BATCH; i++) {
                values.add((long) (at + i));
                groups[i] = (at + i) % GROUPS;
            }
            add(entries, ScalarType.BIGINT, values, groups);
        }
    }

    private void addHot(DistinctEntries entries, int pairs, int rows) {
        List<@Nullable Object> values = new ArrayList<>();
        int[] groups = new int[BATCH];
        for (int i = 0; i < BATCH; i++) {
            values.add(-1L - i % pairs);
            groups[i] = 7;
        }
        for (int at = 0; at < rows; at += BATCH) {
            add(entries, ScalarType.BIGINT, values, groups);
        }
    }

    @Test
    void listsPairsThatDoNotRepeat() {
        try (DistinctEntries entries = entries(ScalarType.BIGINT, false)) {
            addNew(entries, 0, 100_000);
            assertThat(entries.mayRepeat()).isTrue();
            assertThat(entries.count()).isEqualTo(100_000);
            assertThat(entries.bytes()).as("a word each").isLessThan(1_500_000);
        }
    }

    /// Whichever pairs these are, a list must not grow by rows.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 30})
    void noticesFewPairsThatRepeatOften(int pairs) {
        try (DistinctEntries entries = entries(ScalarType.BIGINT, false)) {
            addNew(entries, 0, 30_000);
            assertThat(entries.mayRepeat()).isTrue();
            addHot(entries, pairs, 1_000_000);
            assertThat(entries.mayRepeat()).isFalse();
            assertThat(entries.count()).isEqualTo(30_000 + pairs);
        }
    }

    @Test
    void fewGroupsOfManyPairsGetATable() {
        try (DistinctEntries entries = entries(ScalarType.BIGINT, false)) {
            int rows = GROUPS * 4096 + 200_000;
            addNew(entries, 0, 40_000);
            assertThat(entries.mayRepeat()).isTrue();
            addNew(entries, 40_000, 2 * rows - 40_000);
            assertThat(entries.mayRepeat()).isFalse();
            assertThat(entries.count()).isEqualTo(2 * rows);
        }
    }

    /// The largest and the smallest that share a word with the group, and those beside them.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void integersAtTheEndOfTheirRoom(boolean nullable) {
        List<@Nullable Object> all = new ArrayList<>();
        for (long limit : new long[] {1L << 30, 1L << 31, 1L << 32, Long.MIN_VALUE}) {
            for (long value : new long[] {limit, -limit}) {
                all.addAll(List.of(value - 1, value, value + 1));
            }
        }
        all.addAll(List.of(0L, -1L));
        if (nullable) {
            all.add(null);
        }
        // one by one, so that each decides for itself whether the table has room
        for (Object value : all) {
            try (DistinctEntries entries = entries(ScalarType.BIGINT, nullable)) {
                Set<List<@Nullable Object>> expected = new HashSet<>();
                for (Object each : Arrays.asList(5L, value, value, -7L)) {
                    for (int group : new int[] {0, Integer.MAX_VALUE}) {
                        List<@Nullable Object> values = new ArrayList<>();
                        values.add(each);
                        add(entries, ScalarType.BIGINT, values, new int[] {group});
                        expected.add(Arrays.asList(each, group));
                    }
                }
                assertThat(pairs(entries)).isEqualTo(expected);
                assertThat(entries.count()).isEqualTo(expected.size());
            }
        }
    }

    private Set<List<@Nullable Object>> pairs(DistinctEntries entries) {
        Set<List<@Nullable Object>> pairs = new HashSet<>();
        int count = entries.count();
        scratch.reset();
        MemorySegment groups = scratch.ints(count);
        entries.groups(0, count, groups);
        Column values = entries.argument(0, 0, count);
        for (int i = 0; i < count; i++) {
            pairs.add(Arrays.asList(values.value(i), groups.get(Operands.INT, 4L * i)));
        }
        values.release();
        return pairs;
    }
}
