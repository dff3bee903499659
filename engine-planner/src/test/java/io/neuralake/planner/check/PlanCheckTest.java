package io.neuralake.planner.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.expression.RowExpression.Call;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.DynamicFilterSource;
import io.neuralake.exec.plan.PhysicalPlan.HashJoin;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.plan.PhysicalPlan.Shared;
import io.neuralake.exec.plan.PhysicalPlan.Union;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.junit.jupiter.api.Test;

import java.util.List;

class PlanCheckTest {
    private static PhysicalPlan row(Type type, Object value) {
        return new PhysicalPlan.Values(
                List.of(List.of(new Literal(value, type))), Schema.of(Field.of("x", type)));
    }

    private static final PhysicalPlan ONE = row(ScalarType.BIGINT, 1L);
    private static final PhysicalPlan TEXT = row(ScalarType.VARCHAR, "a");

    private static HashJoin join(
            PhysicalPlan build, List<Integer> output, List<DynamicFilterSource> filters) {
        return new HashJoin(
                ONE,
                build,
                JoinType.INNER,
                List.of(0),
                List.of(0),
                List.of(false),
                Literal.TRUE,
                output,
                filters,
                1);
    }

    private static void isWrong(PhysicalPlan plan, String what) {
        assertThatThrownBy(() -> PlanCheck.isValid(plan))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(what);
    }

    @Test
    void acceptsRightPlans() {
        assertThat(PlanCheck.isValid(join(ONE, List.of(0, 1), List.of()))).isTrue();
    }

    @Test
    void rejectsKeysOfTwoTypes() {
        isWrong(join(TEXT, List.of(0), List.of()), "types of key 0");
    }

    @Test
    void rejectsOutputOutOfRange() {
        isWrong(join(ONE, List.of(2), List.of()), "output 2");
    }

    @Test
    void rejectsFiltersNobodyTakes() {
        isWrong(
                join(ONE, List.of(0), List.of(new DynamicFilterSource(0, 0))),
                "dynamic filter without target");
    }

    @Test
    void rejectsColumnsOfAnotherType() {
        isWrong(
                new PhysicalPlan.Project(
                        ONE,
                        List.of(new InputRef(0, ScalarType.VARCHAR)),
                        Schema.of(Field.of("x", ScalarType.VARCHAR))),
                "type of column");
    }

    @Test
    void rejectsConditionsThatAreNone() {
        isWrong(
                new PhysicalPlan.Filter(
                        ONE,
                        new Call(
                                "add",
                                List.of(new InputRef(0, ScalarType.BIGINT)),
                                ScalarType.BIGINT),
                        1),
                "type of condition");
    }

    @Test
    void rejectsUnionsOfTwoTypes() {
        isWrong(new Union(List.of(ONE, TEXT), ONE.schema(), 2), "types");
    }

    @Test
    void rejectsSharedPartsThatDiffer() {
        isWrong(
                new Union(
                        List.of(new Shared(0, ONE), new Shared(0, row(ScalarType.BIGINT, 2L))),
                        ONE.schema(),
                        2),
                "shared parts differ");
    }
}
