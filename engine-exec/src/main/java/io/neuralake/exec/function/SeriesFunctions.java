package io.neuralake.exec.function;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/// `range` and `generate_series` as lists of numbers; only the latter includes its end.
final class SeriesFunctions {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final int MAX_LENGTH = 100_000_000;

    private SeriesFunctions() {}

    static void register(Map<String, FunctionBinder> binders) {
        binders.put("range", site -> in -> series(in, site.resultType(), false));
        binders.put("generate_series", site -> in -> series(in, site.resultType(), true));
    }

    private static Column series(FunctionInput in, Type type, boolean closed) {
        DataBuffer offsets = in.memory().scratchZeroed(4L * (in.rowCount() + 1));
        MemorySegment ends = offsets.segment();
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            ends.set(INT, 4L * (i + 1), length(in, i, closed));
        }
        long total = 0;
        for (int i = 1; i <= in.rowCount(); i++) {
            total += ends.get(INT, 4L * i);
            if (total > MAX_LENGTH) {
                throw RowErrors.argument("Range too long: more than " + MAX_LENGTH);
            }
            ends.set(INT, 4L * i, (int) total);
        }
        DataBuffer values = in.memory().scratch(8 * total);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            long value = start(in, i);
            long step = step(in, i);
            for (int e = ends.get(INT, 4L * i); e < ends.get(INT, 4L * (i + 1)); e++) {
                values.segment().set(LONG, 8L * e, value);
                value += step;
            }
        }
        Column child = in.memory().flat(ScalarType.BIGINT, (int) total, values, null);
        return in.memory()
                .keep(
                        new ListColumn(
                                type,
                                in.rowCount(),
                                offsets.retain(),
                                child.retain(),
                                EvaluationMemory.retain(in.validity())));
    }

    private static long start(FunctionInput in, int row) {
        return in.arguments().size() == 1 ? 0 : number(in, 0, row);
    }

    private static long step(FunctionInput in, int row) {
        return in.arguments().size() == 3 ? number(in, 2, row) : 1;
    }

    private static int length(FunctionInput in, int row, boolean closed) {
        long start = start(in, row);
        long stop = number(in, in.arguments().size() == 1 ? 0 : 1, row);
        long step = step(in, row);
        if (step == 0) {
            throw RowErrors.argument("Step of a range is 0");
        }
        boolean empty = step > 0 ? start > stop : start < stop;
        if (empty || start == stop && !closed) {
            return 0;
        }
        // The distance may be as long as 2^64 - 1; the step may be the least number.
        long distance = step > 0 ? stop - start : start - stop;
        long last = Long.divideUnsigned(distance, Math.abs(step));
        boolean open = !closed && Long.remainderUnsigned(distance, Math.abs(step)) == 0;
        if (Long.compareUnsigned(last, MAX_LENGTH) >= 0) {
            throw RowErrors.argument("Range too long: more than " + MAX_LENGTH);
        }
        return (int) last + (open ? 0 : 1);
    }

    private static long number(FunctionInput in, int argument, int row) {
        return in.values(argument).get(LONG, 8L * (row & in.mask(argument)));
    }
}
