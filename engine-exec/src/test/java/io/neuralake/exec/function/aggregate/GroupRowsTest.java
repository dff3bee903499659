package io.neuralake.exec.function.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.memory.NativeMemory;

import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;

class GroupRowsTest {
    private static final byte[] TEMPLATE = {0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0};

    private final LimitedReservation reservation =
            new LimitedReservation("test", Long.MAX_VALUE, null);

    private void withRows(int count, BiConsumer<GroupRows, ArrowAllocator> test) {
        try (RootAllocator root = new RootAllocator()) {
            ArrowAllocator allocator = new ArrowAllocator(root, reservation);
            try (GroupRows rows = new GroupRows(allocator, TEMPLATE)) {
                for (int row = 0; row < count; row++) {
                    assertThat(rows.append()).isEqualTo(row);
                    NativeMemory.setLong(StringView.MEMORY, rows.address(row), row);
                }
                test.accept(rows, allocator);
            }
        }
        assertThat(reservation.reservedBytes()).isZero();
    }

    private static long first(GroupRows rows, int row) {
        return NativeMemory.getLong(StringView.MEMORY, rows.address(row));
    }

    private static long second(GroupRows rows, int row) {
        return NativeMemory.getLong(StringView.MEMORY, rows.address(row) + 8);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 17, 4095, 4096, 4097, 100_000})
    void rowsKeepTheirValuesAndBeginAsTheTemplate(int count) {
        withRows(
                count,
                (rows, _) -> {
                    assertThat(rows.count()).isEqualTo(count);
                    for (int row = 0; row < count; row++) {
                        assertThat(first(rows, row)).isEqualTo(row);
                        assertThat(second(rows, row)).isEqualTo(7);
                    }
                });
    }

    @Test
    void holdsAnEighthMoreThanItNeedsAndSaysBeforeHowMuch() {
        withRows(
                0,
                (rows, _) -> {
                    while (rows.count() < 1_000_000) {
                        long before = reservation.reservedBytes();
                        long announced = rows.growthBytes(1000);
                        rows.ensure(rows.count() + 1000);
                        // allocations have a few bytes around them
                        assertThat(reservation.reservedBytes() - before)
                                .isLessThanOrEqualTo(announced + 1024);
                    }
                    assertThat(reservation.peakBytes())
                            .isLessThan(1_000_000L * 16 * 9 / 8 + 200_000);
                });
    }

    @Test
    void restartsWithNewRows() {
        withRows(
                5000,
                (rows, _) -> {
                    rows.restartFrom(4999, 6000);
                    assertThat(rows.count()).isEqualTo(6000);
                    assertThat(first(rows, 0)).isEqualTo(4999);
                    for (int row = 1; row < 6000; row++) {
                        assertThat(first(rows, row)).isZero();
                        assertThat(second(rows, row)).isEqualTo(7);
                    }
                    rows.restart(2);
                    assertThat(rows.count()).isEqualTo(2);
                    assertThat(first(rows, 0)).isZero();
                });
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.001, 0.5, 0.999, 1})
    void removedRowsGiveTheirPlacesToTheLast(double share) {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int count : new int[] {1, 63, 64, 65, 10_000}) {
            withRows(
                    count,
                    (rows, allocator) -> {
                        BitSet removed = new BitSet();
                        DataBuffer bits = allocator.allocateZeroed(Bitmap.bytes(count) + 8);
                        for (int row = 0; row < count; row++) {
                            if (random.nextDouble() < share) {
                                removed.set(row);
                                Bitmap.set(bits.segment(), row, true);
                            }
                        }
                        int watched = random.nextInt(count);
                        int moved = rows.remove(bits.segment(), watched);
                        bits.release();
                        Set<Long> left = new HashSet<>();
                        for (int row = 0; row < rows.count(); row++) {
                            left.add(first(rows, row));
                        }
                        assertThat(rows.count()).isEqualTo(count - removed.cardinality());
                        assertThat(left)
                                .hasSize(rows.count())
                                .allMatch(row -> !removed.get(row.intValue()));
                        if (removed.get(watched)) {
                            assertThat(moved).isEqualTo(-1);
                        } else {
                            assertThat(first(rows, moved)).isEqualTo(watched);
                        }
                    });
        }
    }
}
