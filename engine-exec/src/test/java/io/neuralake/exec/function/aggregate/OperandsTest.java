package io.neuralake.exec.function.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.ScalarType;

import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Rows that an aggregate counts, out of all rows and out of some.
class OperandsTest {
    @ParameterizedTest
    @CsvSource({"1, 0.5", "8, 0", "63, 0.5", "64, 0.1", "64, 1", "65, 0.5", "500, 0.9", "500, 0"})
    void picksByNullAndTruth(int count, double share) {
        Random random = new Random(count);
        List<Boolean> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(random.nextDouble() < share ? null : random.nextBoolean());
        }
        LimitedReservation reservation = new LimitedReservation("test", Long.MAX_VALUE, null);
        try (RootAllocator root = new RootAllocator()) {
            ArrowAllocator memory = new ArrowAllocator(root, reservation);
            Column column = ColumnBuilder.of(memory, ScalarType.BOOLEAN, values);
            try (BatchScratch scratch = new BatchScratch(memory)) {
                check(column, values, 1, scratch);
                check(column, values, 3, scratch);
            } finally {
                column.release();
            }
        }
        assertThat(reservation.reservedBytes()).isZero();
    }

    /// @param step 1 for all rows, else every so many
    private static void check(Column column, List<Boolean> values, int step, BatchScratch scratch) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < values.size(); i += step) {
            all.add(i);
        }
        RowSet rows = rows(all, step > 1, scratch);
        assertThat(rowsOf(Operands.nonNull(column, rows, scratch)))
                .isEqualTo(all.stream().filter(i -> values.get(i) != null).toList());
        assertThat(rowsOf(Operands.onlyNull(column, rows, scratch)))
                .isEqualTo(all.stream().filter(i -> values.get(i) == null).toList());
        assertThat(rowsOf(Operands.whereTrue(column, rows, scratch)))
                .isEqualTo(all.stream().filter(i -> Boolean.TRUE.equals(values.get(i))).toList());
    }

    private static RowSet rows(List<Integer> rows, boolean listed, BatchScratch scratch) {
        if (!listed) {
            return new RowSet(rows.size(), null, null);
        }
        var list = scratch.ints(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            NativeMemory.setInt(list, 4L * i, rows.get(i));
        }
        return new RowSet(rows.size(), list, null);
    }

    private static List<Integer> rowsOf(RowSet rows) {
        List<Integer> result = new ArrayList<>();
        for (int i = 0; i < rows.count(); i++) {
            result.add(rows.row(i));
        }
        return result;
    }
}
