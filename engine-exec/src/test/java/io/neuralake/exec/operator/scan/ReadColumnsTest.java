package io.neuralake.exec.operator.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.expression.RowExpression.Call;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.IntStream;

class ReadColumnsTest {
    private static final int COLUMNS = 9;
    private static final Field OUTPUT = Field.of("x", ScalarType.BIGINT);
    private static final PhysicalPlan INPUT =
            new PhysicalPlan.Values(
                    List.of(),
                    new Schema(IntStream.range(0, COLUMNS).mapToObj(i -> OUTPUT).toList()));

    private static InputRef column(int index) {
        return new InputRef(index, ScalarType.BIGINT);
    }

    private static List<Integer> read(@Nullable PhysicalPlan reader) {
        return ReadColumns.of(reader, COLUMNS).stream().boxed().toList();
    }

    @Test
    void projectionsReadWhatTheirExpressionsDo() {
        assertThat(
                        read(
                                new PhysicalPlan.Project(
                                        INPUT,
                                        List.of(
                                                column(7),
                                                new Call(
                                                        "plus",
                                                        List.of(column(2), column(4)),
                                                        ScalarType.BIGINT)),
                                        Schema.of(OUTPUT, OUTPUT))))
                .containsExactly(2, 4, 7);
        assertThat(read(new PhysicalPlan.Project(INPUT, List.of(), Schema.of()))).isEmpty();
    }

    @Test
    void aggregationsReadKeysArgumentsFiltersAndOrders() {
        List<AggregateCall> calls =
                List.of(
                        new AggregateCall(
                                "count", List.of(), List.of(), false, -1, List.of(), OUTPUT),
                        new AggregateCall(
                                "array_agg",
                                List.of(3),
                                List.of(),
                                false,
                                5,
                                List.of(new SortKey(8, false, false)),
                                OUTPUT));
        PhysicalPlan aggregate =
                new PhysicalPlan.HashAggregate(
                        INPUT, List.of(1), List.of(List.of(0)), calls, Schema.of(OUTPUT), 1);
        assertThat(read(aggregate)).containsExactly(1, 3, 5, 8);
    }

    @Test
    void othersReadAll() {
        List<Integer> all = IntStream.range(0, COLUMNS).boxed().toList();
        assertThat(read(null)).isEqualTo(all);
        assertThat(read(new PhysicalPlan.Union(List.of(INPUT), INPUT.schema(), 1))).isEqualTo(all);
    }
}
