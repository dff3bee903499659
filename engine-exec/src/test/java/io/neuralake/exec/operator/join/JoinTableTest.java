package io.neuralake.exec.operator.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.kernel.HashKernels;
import io.neuralake.exec.scheduler.WorkSharing;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/// Tables that several threads make are those that one makes.
class JoinTableTest {
    private static final int ROWS = 100_000;

    private enum Keys {
        DIRECT(ScalarType.BIGINT, key -> (long) key),
        HASHED(ScalarType.BIGINT, key -> key * 0x9E37_79B9_7F4A_7C15L),
        TEXTS(ScalarType.VARCHAR, key -> "customer#" + key);

        private final Type type;
        private final IntFunction<Object> value;

        Keys(Type type, IntFunction<Object> value) {
            this.type = type;
            this.value = value;
        }
    }

    private static WorkSharing threads(int count) {
        return new WorkSharing() {
            @Override
            public int parties() {
                return count;
            }

            @Override
            public void run(List<? extends Runnable> pieces) {
                pieces.stream()
                        .map(CompletableFuture::runAsync)
                        .toList()
                        .forEach(CompletableFuture::join);
            }
        };
    }

    @ParameterizedTest
    @EnumSource
    void findsTheRowsOfEachKeyInOrder(Keys kind) {
        Random random = new Random(kind.ordinal());
        // Where all hashes are equal every row would be compared with every other.
        int different = HashKernels.hashesAreZero() ? 100 : ROWS * 2 / 3;
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            values.add(
                    random.nextInt(50) == 0 ? null : kind.value.apply(random.nextInt(different)));
        }
        try (JoinFixture fixture = new JoinFixture(1, Long.MAX_VALUE)) {
            Column column = ColumnBuilder.of(fixture.allocator, kind.type, values);
            DataBuffer codes = fixture.allocator.allocate(8L * ROWS);
            DataBuffer heads = fixture.allocator.allocate(4L * ROWS);
            DataBuffer scratch = fixture.allocator.allocate(8L * ROWS);
            try (BuildKeys keys =
                    BuildKeys.of(
                            List.of(column),
                            List.of(false),
                            kind != Keys.TEXTS,
                            fixture.allocator)) {
                keys.encode(
                        List.of(column),
                        ROWS,
                        codes.segment(),
                        scratch.segment(),
                        fixture.allocator);
                for (int parties : new int[] {1, 2, 3, 8}) {
                    try (JoinTable table =
                            new JoinTable(keys, ROWS, fixture.allocator, threads(parties))) {
                        assertThat(table.isDirect()).isEqualTo(kind == Keys.DIRECT);
                        table.lookup(codes.segment(), ROWS, heads.segment());
                        check(table, values, heads);
                    }
                }
            }
            column.release();
            codes.release();
            heads.release();
            scratch.release();
        }
    }

    private static void check(JoinTable table, List<@Nullable Object> values, DataBuffer heads) {
        Map<Object, Integer> last = new HashMap<>();
        for (int row = 0; row < ROWS; row++) {
            Object value = values.get(row);
            if (value != null) {
                Integer previous = last.put(value, row);
                assertThat(JoinTable.next(table.nextAddress(), row))
                        .isEqualTo(previous == null ? -1 : previous);
            }
        }
        assertThat(table.distinctKeys()).isEqualTo(last.size());
        for (int row = 0; row < ROWS; row++) {
            Object value = values.get(row);
            if (value != null) {
                assertThat(Rows.get(heads.segment(), row)).isEqualTo(last.get(value));
            }
        }
    }
}
