package io.neuralake.exec.operator.window;

import io.neuralake.exec.plan.PhysicalPlan.WindowCall;
import io.neuralake.exec.row.ColumnAppender;
import io.neuralake.exec.row.ColumnGather;
import io.neuralake.exec.row.ConstantColumns;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.MemoryReservation;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Computes the functions that pick the value of another row: lag, lead, first_value, last_value and
/// nth_value, with or without nulls.
final class ValueEvaluator implements WindowEvaluator {
    private final SortedRows rows;
    private final String function;
    private final @Nullable Operand number;
    private final @Nullable Frames frames;
    private final Column values;
    private final int @Nullable [] present;
    private final int @Nullable [] presentBefore;
    private final MemoryReservation reservation;
    private boolean constantDefault;
    private boolean hasDefault;

    /// @param name canonical name of the function
    /// @param frames null for lag and lead
    ValueEvaluator(
            WindowCall call,
            String name,
            boolean ignoreNulls,
            @Nullable Frames frames,
            SortedRows rows,
            MemoryAllocator allocator) {
        this.rows = rows;
        this.function = name;
        this.frames = frames;
        this.number = Operand.of(call, 1, rows);
        this.reservation = allocator.reservation("window");
        Column argument = rows.sorted(call.arguments().get(0));
        try {
            if (ignoreNulls) {
                reservation.grow(8L * rows.count() + 4);
                presentBefore = new int[rows.count() + 1];
                present = new int[rows.count()];
                int count = 0;
                for (int p = 0; p < rows.count(); p++) {
                    presentBefore[p] = count;
                    if (!argument.isNull(p)) {
                        present[count++] = p;
                    }
                }
                presentBefore[rows.count()] = count;
            } else {
                present = null;
                presentBefore = null;
            }
            values = withDefault(call, argument, allocator);
        } catch (RuntimeException | Error e) {
            reservation.close();
            throw e;
        }
    }

    /// Appends the default of lag and lead behind the values: one row, or one a position.
    private Column withDefault(WindowCall call, Column argument, MemoryAllocator allocator) {
        boolean shifts = function.equals("lag") || function.equals("lead");
        Operand otherwise = shifts ? Operand.of(call, 2, rows) : null;
        if (otherwise == null || otherwise.column() == null && otherwise.constant() == null) {
            return argument.retain();
        }
        hasDefault = true;
        Column column = otherwise.column();
        constantDefault = column == null;
        try (ColumnAppender appender = new ColumnAppender(argument.type(), allocator)) {
            appender.append(argument);
            if (column == null) {
                Column constant =
                        ConstantColumns.of(argument.type(), otherwise.constant(), 1, allocator);
                try {
                    appender.append(constant);
                } finally {
                    constant.release();
                }
            } else {
                appender.append(column);
            }
            return appender.finish();
        }
    }

    @Override
    public Column evaluate(int from, int count, MemoryAllocator allocator) {
        DataBuffer indexes = allocator.allocate(4L * count);
        try {
            MemorySegment picked = indexes.segment();
            for (int i = 0; i < count; i++) {
                NativeMemory.setInt(picked, 4L * i, pick(from + i));
            }
            return ColumnGather.gatherNullable(values, picked, count, allocator);
        } finally {
            indexes.release();
        }
    }

    /// Returns the row of `values` that is the result at a position, or -1 for null.
    private int pick(int position) {
        return switch (function) {
            case "lag", "lead" -> shift(position);
            case "first_value" -> nth(position, 1);
            case "last_value" -> last(position);
            case "nth_value" -> {
                Object n = number == null ? null : number.value(position);
                if (n == null) {
                    yield -1;
                }
                long index = ((Number) n).longValue();
                if (index <= 0) {
                    throw new NeuralakeException(
                            ErrorCode.INVALID_PARAMETER,
                            "Argument of nth_value must be positive: " + index);
                }
                yield nth(position, index);
            }
            default -> throw new IllegalStateException("Not a value function: " + function);
        };
    }

    private int shift(int position) {
        Object distance = number == null ? Long.valueOf(1) : number.value(position);
        if (distance == null) {
            return -1;
        }
        long steps = ((Number) distance).longValue();
        if (function.equals("lag")) {
            steps = -steps;
        }
        int[] list = present;
        int[] before = presentBefore;
        long target = Long.MIN_VALUE;
        if (list == null || before == null || steps == 0) {
            long few = Math.clamp(steps, -Integer.MAX_VALUE, Integer.MAX_VALUE);
            target = position + few;
        } else {
            // the position itself does not count, whether null or not
            long rank = steps > 0 ? steps + before[position + 1] - 1L : steps + before[position];
            if (rank >= 0 && rank < before[rows.count()]) {
                target = list[(int) rank];
            }
        }
        if (target >= rows.partitionStart(position) && target < rows.partitionEnd(position)) {
            return (int) target;
        }
        return hasDefault ? rows.count() + (constantDefault ? 0 : position) : -1;
    }

    private Frames located(int position) {
        if (frames == null) {
            throw new IllegalStateException("Function without frame: " + function);
        }
        frames.locate(position);
        return frames;
    }

    private int nth(int position, long n) {
        Frames located = located(position);
        long left = n - 1;
        for (int piece = 0; piece < located.pieces(); piece++) {
            int start = rank(located.start(piece));
            int end = rank(located.end(piece));
            if (left < end - start) {
                return at((int) (start + left));
            }
            left -= end - start;
        }
        return -1;
    }

    private int last(int position) {
        Frames located = located(position);
        for (int piece = located.pieces() - 1; piece >= 0; piece--) {
            int end = rank(located.end(piece));
            if (rank(located.start(piece)) < end) {
                return at(end - 1);
            }
        }
        return -1;
    }

    private int rank(int position) {
        return presentBefore == null ? position : presentBefore[position];
    }

    private int at(int rank) {
        return present == null ? rank : present[rank];
    }

    @Override
    public void close() {
        values.release();
        reservation.close();
    }
}
