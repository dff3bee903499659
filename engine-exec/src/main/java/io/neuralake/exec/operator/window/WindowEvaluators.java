package io.neuralake.exec.operator.window;

import io.neuralake.exec.function.aggregate.AccumulatorSet;
import io.neuralake.exec.function.aggregate.AggregateFunctions;
import io.neuralake.exec.function.aggregate.AggregateSignature;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.exec.plan.PhysicalPlan.Window;
import io.neuralake.exec.plan.PhysicalPlan.WindowCall;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Chooses how to compute a window function.
final class WindowEvaluators {
    private WindowEvaluators() {}

    static WindowEvaluator of(
            Window node, WindowCall written, SortedRows rows, MemoryAllocator allocator) {
        String name = written.function().toLowerCase(Locale.ROOT);
        WindowCall call = name.equals("ntile") ? written : withColumn(written, rows);
        Type type = call.output().type();
        return switch (name) {
            case "row_number", "rank", "dense_rank", "percent_rank", "cume_dist" ->
                    new RankEvaluator(rows, name, type);
            case "ntile" -> {
                Operand buckets = Operand.of(call, 0, rows);
                if (buckets == null) {
                    throw new NeuralakeException(
                            ErrorCode.INVALID_PARAMETER, "Function ntile needs an argument");
                }
                yield new NtileEvaluator(rows, buckets, type);
            }
            case "lag", "lead", "first_value", "last_value", "nth_value" ->
                    value(node, call, name, call.ignoreNulls(), rows, allocator);
            default -> aggregate(node, call, rows, allocator);
        };
    }

    /// Makes the first argument a column when it is a constant, as in `sum(1)`.
    private static WindowCall withColumn(WindowCall call, SortedRows rows) {
        if (!call.arguments().isEmpty() || call.constants().isEmpty()) {
            return call;
        }
        return new WindowCall(
                call.function(),
                List.of(rows.addConstant(call.constants().get(0))),
                call.constants().subList(1, call.constants().size()),
                call.distinct(),
                call.filter(),
                call.ignoreNulls(),
                call.frame(),
                call.output());
    }

    /// Returns the input's columns, and behind them the call's argument if that was added.
    private static Schema schema(Window node, WindowCall call, SortedRows rows) {
        List<Field> fields = new ArrayList<>(node.input().schema().fields());
        for (int argument : call.arguments()) {
            while (fields.size() <= argument) {
                Type type = rows.sorted(fields.size()).type();
                fields.add(Field.of("constant", type));
            }
        }
        return new Schema(fields);
    }

    private static WindowEvaluator value(
            Window node,
            WindowCall call,
            String name,
            boolean ignoreNulls,
            SortedRows rows,
            MemoryAllocator allocator) {
        boolean shifts = name.equals("lag") || name.equals("lead");
        Frames frames = shifts ? null : new Frames(node, call.frame(), rows);
        return new ValueEvaluator(call, name, ignoreNulls, frames, rows, allocator);
    }

    private static WindowEvaluator aggregate(
            Window node, WindowCall call, SortedRows rows, MemoryAllocator allocator) {
        String name =
                AggregateFunctions.find(call.function())
                        .map(AggregateSignature::name)
                        .orElse(call.function());
        if (call.filter() < 0) {
            switch (name) {
                case "first" -> {
                    return value(node, call, "first_value", call.ignoreNulls(), rows, allocator);
                }
                case "last" -> {
                    return value(node, call, "last_value", call.ignoreNulls(), rows, allocator);
                }
                case "any_value", "arbitrary" -> {
                    return value(node, call, "first_value", true, rows, allocator);
                }
                default -> {}
            }
        }
        AggregateCall aggregate =
                new AggregateCall(
                        call.function(),
                        call.arguments(),
                        call.constants(),
                        call.distinct(),
                        call.filter(),
                        List.of(),
                        call.output());
        Schema schema = schema(node, call, rows);
        Frames frames = new Frames(node, call.frame(), rows);
        if (frames.wholePartition()) {
            return new PartitionAggregate(aggregate, schema, rows, allocator);
        }
        boolean selfContained;
        try (AccumulatorSet probe =
                new AccumulatorSet(List.of(aggregate), schema, true, allocator)) {
            selfContained = probe.isSelfContained();
        }
        if (!selfContained) {
            return new DirectFrameAggregate(aggregate, schema, frames, rows, allocator);
        }
        return frames.isPrefix()
                ? new RunningAggregate(aggregate, schema, frames, rows, allocator)
                : new FrameTreeAggregate(aggregate, schema, frames, rows, allocator);
    }
}
