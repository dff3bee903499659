package io.neuralake.exec.operator.unnest;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.MemoryTable;
import io.neuralake.exec.PlanRunner;
import io.neuralake.exec.PlanRunner.Shape;
import io.neuralake.exec.plan.PhysicalPlan.Unnest;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

class UnnestOperatorTest {
    private static final Schema INPUT =
            Schema.of(
                    Field.of("id", ScalarType.BIGINT),
                    Field.of("l", new ListType(ScalarType.VARCHAR)),
                    Field.of("m", new MapType(ScalarType.BIGINT, ScalarType.BIGINT)));

    private static final List<List<Object>> ROWS =
            List.of(
                    Arrays.asList(1L, Arrays.asList("a", null, "a long string of text"), null),
                    Arrays.asList(2L, List.of(), List.of(List.of(7L, 70L), List.of(8L, 80L))),
                    Arrays.asList(3L, null, null),
                    Arrays.asList(4L, List.of("z"), List.of(List.of(9L, 90L))));

    static Stream<Shape> shapes() {
        return PlanRunner.shapes();
    }

    private static List<List<Object>> run(boolean ordinality, boolean outer, Shape shape) {
        Schema output =
                Schema.of(
                        Field.of("id", ScalarType.BIGINT),
                        Field.of("l", ScalarType.VARCHAR),
                        Field.of("k", ScalarType.BIGINT),
                        Field.of("v", ScalarType.BIGINT));
        if (ordinality) {
            List<Field> fields = new ArrayList<>(output.fields());
            fields.add(Field.of("o", ScalarType.BIGINT));
            output = new Schema(fields);
        }
        return PlanRunner.run(
                new Unnest(
                        new MemoryTable(INPUT, ROWS, 2).scan(),
                        List.of(0),
                        List.of(1, 2),
                        ordinality,
                        outer,
                        output,
                        10),
                shape);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void repeatsRowsSideBySide(Shape shape) {
        assertThat(run(true, false, shape))
                .containsExactlyInAnyOrder(
                        Arrays.asList(1L, "a", null, null, 1L),
                        Arrays.asList(1L, null, null, null, 2L),
                        Arrays.asList(1L, "a long string of text", null, null, 3L),
                        Arrays.asList(2L, null, 7L, 70L, 1L),
                        Arrays.asList(2L, null, 8L, 80L, 2L),
                        Arrays.asList(4L, "z", 9L, 90L, 1L));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void outerKeepsRowsWithoutElements(Shape shape) {
        assertThat(run(true, true, shape))
                .hasSize(7)
                .contains(Arrays.asList(3L, null, null, null, null));
        assertThat(run(false, true, shape))
                .hasSize(7)
                .contains(Arrays.asList(3L, null, null, null));
    }
}
