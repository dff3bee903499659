package io.neuralake.exec.operator.aggregate;

import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.operator.OperatorDriver;
import io.neuralake.exec.operator.OperatorDriver.Form;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.exec.plan.PhysicalPlan.HashAggregate;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.exec.plan.PhysicalPlan.Values;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// One aggregation over rows, run in every configuration or one.
final class AggregationCase {
    record Configuration(int workers, int batchRows, Form form) {}

    final Schema input;
    final List<List<@Nullable Object>> rows = new ArrayList<>();
    private List<Integer> keys = List.of();
    private List<List<Integer>> sets = List.of(List.of());
    private final List<AggregateCall> calls = new ArrayList<>();

    AggregationCase(Type... types) {
        input =
                new Schema(
                        IntStream.range(0, types.length)
                                .mapToObj(i -> Field.of("c" + i, types[i]))
                                .toList());
    }

    static Stream<Configuration> configurations() {
        return Stream.of(1, 4)
                .flatMap(
                        workers ->
                                Stream.of(1, 7, 2048)
                                        .flatMap(
                                                batch ->
                                                        Stream.of(Form.values())
                                                                .map(
                                                                        form ->
                                                                                new Configuration(
                                                                                        workers,
                                                                                        batch,
                                                                                        form))));
    }

    AggregationCase by(Integer... columns) {
        keys = List.of(columns);
        sets = List.of(IntStream.range(0, columns.length).boxed().toList());
        return this;
    }

    AggregationCase sets(List<List<Integer>> groupingSets) {
        sets = groupingSets;
        return this;
    }

    AggregationCase call(AggregateCall call) {
        calls.add(call);
        return this;
    }

    AggregationCase call(String function, Type result, Integer... arguments) {
        return call(plain(function, result, arguments));
    }

    static AggregateCall plain(String function, Type result, Integer... arguments) {
        return new AggregateCall(
                function,
                List.of(arguments),
                List.of(),
                false,
                -1,
                List.of(),
                Field.of(function, result));
    }

    static AggregateCall distinct(AggregateCall call) {
        return new AggregateCall(
                call.function(),
                call.arguments(),
                call.constants(),
                true,
                call.filter(),
                call.order(),
                call.output());
    }

    static AggregateCall filtered(AggregateCall call, int filter) {
        return new AggregateCall(
                call.function(),
                call.arguments(),
                call.constants(),
                call.distinct(),
                filter,
                call.order(),
                call.output());
    }

    static AggregateCall ordered(AggregateCall call, SortKey... order) {
        return new AggregateCall(
                call.function(),
                call.arguments(),
                call.constants(),
                call.distinct(),
                call.filter(),
                List.of(order),
                call.output());
    }

    static AggregateCall constants(AggregateCall call, Literal... constants) {
        return new AggregateCall(
                call.function(),
                call.arguments(),
                List.of(constants),
                call.distinct(),
                call.filter(),
                call.order(),
                call.output());
    }

    AggregationCase row(@Nullable Object... values) {
        List<@Nullable Object> row = new ArrayList<>();
        for (Object value : values) {
            row.add(value);
        }
        rows.add(row);
        return this;
    }

    HashAggregate node() {
        List<Field> output = new ArrayList<>();
        keys.forEach(key -> output.add(input.field(key)));
        calls.forEach(call -> output.add(call.output()));
        return new HashAggregate(
                new Values(List.of(), input), keys, sets, calls, new Schema(output), Double.NaN);
    }

    List<List<@Nullable Object>> run(Configuration configuration) {
        return run(configuration, 1L << 32);
    }

    List<List<@Nullable Object>> run(Configuration configuration, long limitBytes) {
        try (OperatorDriver driver =
                new OperatorDriver(
                        configuration.workers(),
                        configuration.batchRows(),
                        configuration.form(),
                        limitBytes)) {
            HashAggregation aggregation = new HashAggregation(node());
            return driver.run(aggregation.sink(), aggregation.source(), input, rows);
        }
    }
}
