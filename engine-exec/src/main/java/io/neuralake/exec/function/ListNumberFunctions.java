package io.neuralake.exec.function;

import io.neuralake.exec.kernel.Int128;
import io.neuralake.exec.row.ColumnGather;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.util.Map;

/// Sums, averages and extremes over the elements of lists. Null elements are left out; a list without
/// others gives null.
final class ListNumberFunctions {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

    private ListNumberFunctions() {}

    static void register(Map<String, FunctionBinder> binders) {
        binders.put("list_sum", ListNumberFunctions::sum);
        binders.put("list_avg", ListNumberFunctions::average);
        binders.put("list_min", _ -> in -> extreme(in, -1));
        binders.put("list_max", _ -> in -> extreme(in, 1));
        binders.put("list_count", _ -> ListNumberFunctions::count);
    }

    private static Type element(FunctionSite site) {
        return site.argumentType(0) instanceof ListType list ? list.element() : ScalarType.NULL;
    }

    private static ScalarImplementation sum(FunctionSite site) {
        Type element = element(site);
        Type result = site.resultType();
        if (TypeFamily.FLOATING.contains(element) && element != ScalarType.NULL) {
            return in -> doubles(in, element, false);
        }
        return in -> integers(in, element, result);
    }

    private static ScalarImplementation average(FunctionSite site) {
        Type element = element(site);
        if (!TypeFamily.NUMERIC.contains(element)) {
            throw new NeuralakeException(
                    ErrorCode.TYPE_MISMATCH, "Not a list of numbers: " + element.sql());
        }
        return in -> doubles(in, element, true);
    }

    /// Lends the elements as double.
    private static MemorySegment elements(FunctionInput in, Column child, Type element) {
        ScalarImplementation cast =
                Casts.bind(element, ScalarType.DOUBLE, false, java.time.ZoneOffset.UTC);
        DataBuffer validity = child.validity();
        Column doubles =
                in.memory()
                        .expand(
                                cast.evaluate(
                                        new FunctionInput(
                                                in.memory(),
                                                java.util.List.of(child),
                                                child.rowCount(),
                                                validity,
                                                null)));
        return ((io.neuralake.spi.batch.FlatColumn) doubles).values();
    }

    private static Column doubles(FunctionInput in, Type element, boolean average) {
        ListArgument list = new ListArgument(in, 0);
        Column child = list.child();
        CastOutput output = new CastOutput(in, true);
        DataBuffer to = in.memory().scratchZeroed(8L * in.rowCount());
        MemorySegment values = child.rowCount() == 0 ? to.segment() : elements(in, child, element);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            double sum = 0;
            int count = 0;
            for (int e = list.from(i); e < list.to(i); e++) {
                if (!child.isNull(e)) {
                    sum += values.get(DOUBLE, 8L * e);
                    count++;
                }
            }
            if (count == 0) {
                output.setNull(i);
            } else {
                to.segment().set(DOUBLE, 8L * i, average ? sum / count : sum);
            }
        }
        return output.flat(ScalarType.DOUBLE, to);
    }

    /// Sums integers, decimals and intervals, in 64 bits until that overflows.
    private static Column integers(FunctionInput in, Type element, Type result) {
        ListArgument list = new ListArgument(in, 0);
        Column child = list.child();
        CastOutput output = new CastOutput(in, true);
        int width = result.physical().width();
        DataBuffer to = in.memory().scratchZeroed((long) width * in.rowCount());
        boolean wide = element instanceof DecimalType d && !d.isShort();
        MemorySegment values =
                element == ScalarType.NULL || child.rowCount() == 0
                        ? to.segment()
                        : wide
                                ? ((io.neuralake.spi.batch.FlatColumn) child).values()
                                : Int64Arguments.of(child, in.memory());
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            long sum = 0;
            BigInteger big = BigInteger.ZERO;
            int count = 0;
            for (int e = list.from(i); e < list.to(i); e++) {
                if (child.isNull(e)) {
                    continue;
                }
                count++;
                if (wide) {
                    big = big.add(Int128.get(values, e));
                    continue;
                }
                long value = values.get(LONG, 8L * e);
                long next = sum + value;
                if (((sum ^ next) & (value ^ next)) < 0) {
                    big = big.add(BigInteger.valueOf(sum));
                    next = value;
                }
                sum = next;
            }
            if (count == 0) {
                output.setNull(i);
            } else {
                store(to.segment(), i, big.add(BigInteger.valueOf(sum)), result);
            }
        }
        return output.flat(result, to);
    }

    private static void store(MemorySegment to, int row, BigInteger value, Type type) {
        if (type instanceof DecimalType decimal) {
            DecimalArithmetic.store(decimal, to, row, value, "list_sum");
        } else if (value.bitLength() >= 8 * type.physical().width()) {
            throw RowErrors.overflow(type, "list_sum");
        } else if (type.physical().width() == 4) {
            to.set(INT, 4L * row, value.intValue());
        } else {
            to.set(LONG, 8L * row, value.longValue());
        }
    }

    private static Column extreme(FunctionInput in, int sign) {
        ListArgument list = new ListArgument(in, 0);
        Column child = list.child();
        MemorySegment indexes = in.memory().scratch(4L * in.rowCount()).segment();
        for (int i = 0; i < in.rowCount(); i++) {
            indexes.set(INT, 4L * i, -1);
        }
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            int best = -1;
            for (int e = list.from(i); e < list.to(i); e++) {
                if (!child.isNull(e)
                        && (best < 0 || RowComparison.compare(child, e, child, best) * sign > 0)) {
                    best = e;
                }
            }
            indexes.set(INT, 4L * i, best);
        }
        return in.memory()
                .keep(ColumnGather.gatherNullable(child, indexes, in.rowCount(), in.memory()));
    }

    private static Column count(FunctionInput in) {
        ListArgument list = new ListArgument(in, 0);
        DataBuffer to = in.memory().scratchZeroed(8L * in.rowCount());
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            int count = 0;
            for (int e = list.from(i); e < list.to(i); e++) {
                count += list.child().isNull(e) ? 0 : 1;
            }
            to.segment().set(LONG, 8L * i, count);
        }
        return in.result(ScalarType.BIGINT, to);
    }
}
