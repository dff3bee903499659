package io.neuralake.exec.pipeline;

import static io.neuralake.exec.Expressions.bigint;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.expression.compile.EvaluationSettings;
import io.neuralake.exec.memory.QueryMemory;
import io.neuralake.exec.memory.ServerMemory;
import io.neuralake.exec.metrics.QueryMetrics;
import io.neuralake.exec.operator.exchange.ResultExchange;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.exec.plan.PhysicalPlan.HashAggregate;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.plan.PhysicalPlan.NestedLoopJoin;
import io.neuralake.exec.plan.PhysicalPlan.Series;
import io.neuralake.exec.plan.PhysicalPlan.Shared;
import io.neuralake.exec.plan.PhysicalPlan.Union;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/// In which order pipelines run.
class PipelineBuilderTest {
    private static final Schema NUMBERS = Schema.of(Field.of("n", ScalarType.BIGINT));

    private static PhysicalPlan rows() {
        return new Shared(1, new Series(bigint(1L), bigint(9L), bigint(1L), NUMBERS, 9));
    }

    private static PhysicalPlan grouped(PhysicalPlan input) {
        return new HashAggregate(input, List.of(0), List.of(List.of(0)), List.of(), NUMBERS, 9);
    }

    private static PhysicalPlan oneGroup(PhysicalPlan input) {
        Field min = Field.of("n", ScalarType.BIGINT);
        AggregateCall call =
                new AggregateCall("min", List.of(0), List.of(), false, -1, List.of(), min);
        return new HashAggregate(
                input, List.of(), List.of(List.of()), List.of(call), Schema.of(min), 1);
    }

    private static PhysicalPlan join(PhysicalPlan probe, PhysicalPlan build) {
        return new NestedLoopJoin(probe, build, JoinType.INNER, Literal.TRUE, List.of(0), 81);
    }

    private static List<Pipeline> build(PhysicalPlan plan) {
        PipelineGraph graph = new PipelineGraph();
        try (ServerMemory server = new ServerMemory(64 << 20);
                QueryMemory memory = server.open("query", Long.MAX_VALUE)) {
            new PipelineBuilder(
                            graph,
                            new EvaluationSettings(List.of(), ZoneOffset.UTC, Instant.EPOCH),
                            _ -> {
                                throw new IllegalStateException("no recursion");
                            })
                    .build(QueryMetrics.of(plan, memory).root(), new ResultExchange(1, 1 << 20));
            assertThat(graph.close()).isEmpty();
        }
        return graph.pipelines();
    }

    /// Returns the pipeline of the sub-plan's reader that ends in such a node.
    private static Pipeline reader(List<Pipeline> pipelines, Class<?> sink, boolean oneGroup) {
        return pipelines.stream()
                .filter(p -> p.source().metrics().node() instanceof Shared)
                .filter(p -> sink.isInstance(sinkOf(p)))
                .filter(
                        p ->
                                !(sinkOf(p) instanceof HashAggregate node)
                                        || node.keys().isEmpty() == oneGroup)
                .findFirst()
                .orElseThrow();
    }

    private static PhysicalPlan sinkOf(Pipeline pipeline) {
        return pipeline.sink().stage.metrics().node();
    }

    @Test
    void sharedRowsAreReadFirstByWhatKeepsOneGroup() {
        List<Pipeline> pipelines = build(join(grouped(rows()), oneGroup(rows())));
        Pipeline grouped = reader(pipelines, HashAggregate.class, false);
        Pipeline oneGroup = reader(pipelines, HashAggregate.class, true);
        assertThat(grouped.waitsFor(oneGroup)).isTrue();
        assertThat(oneGroup.waitsFor(grouped)).isFalse();
    }

    @Test
    void readersThatOneGroupWaitsForDoNotWaitForIt() {
        PhysicalPlan probed = oneGroup(join(rows(), rows()));
        List<Pipeline> pipelines = build(new Union(List.of(probed, grouped(rows())), NUMBERS, 10));
        Pipeline built = reader(pipelines, NestedLoopJoin.class, false);
        Pipeline oneGroup = reader(pipelines, HashAggregate.class, true);
        assertThat(oneGroup.waitsFor(built)).isTrue();
        assertThat(built.waitsFor(oneGroup)).isFalse();
        assertThat(reader(pipelines, HashAggregate.class, false).waitsFor(oneGroup)).isTrue();
    }
}
