package io.neuralake.exec.operator.recursion;

import static io.neuralake.exec.Expressions.arithmetic;
import static io.neuralake.exec.Expressions.bigint;
import static io.neuralake.exec.Expressions.column;
import static io.neuralake.exec.Expressions.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.LocalQueryEngine;
import io.neuralake.exec.MemoryTable;
import io.neuralake.exec.PlanRunner;
import io.neuralake.exec.PlanRunner.Shape;
import io.neuralake.exec.QueryResult;
import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.Filter;
import io.neuralake.exec.plan.PhysicalPlan.HashJoin;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.plan.PhysicalPlan.Limit;
import io.neuralake.exec.plan.PhysicalPlan.Project;
import io.neuralake.exec.plan.PhysicalPlan.RecursiveUnion;
import io.neuralake.exec.plan.PhysicalPlan.Shared;
import io.neuralake.exec.plan.PhysicalPlan.Union;
import io.neuralake.exec.plan.PhysicalPlan.WorkTableScan;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

class RecursionOperationTest {
    private static final Schema NUMBER = Schema.of(Field.of("n", ScalarType.BIGINT));
    private static final PhysicalPlan WORK = new WorkTableScan(0, NUMBER, 1);

    static Stream<Shape> shapes() {
        return PlanRunner.shapes();
    }

    private static PhysicalPlan numbers(Long... values) {
        return new MemoryTable(NUMBER, Stream.of(values).map(Arrays::asList).toList(), 2).scan();
    }

    private static PhysicalPlan project(PhysicalPlan input, RowExpression expression) {
        return new Project(input, List.of(expression), NUMBER);
    }

    private static PhysicalPlan plusOne(PhysicalPlan input) {
        return project(input, arithmetic("add", column(0), bigint(1L)));
    }

    private static PhysicalPlan recursion(PhysicalPlan seed, PhysicalPlan step, boolean distinct) {
        return new RecursiveUnion(0, seed, step, distinct, NUMBER, 10);
    }

    private static List<Object> values(List<List<Object>> rows) {
        return rows.stream().map(List::getFirst).collect(Collectors.toCollection(ArrayList::new));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void repeatsUntilARoundBringsNothing(Shape shape) {
        PhysicalPlan below = new Filter(WORK, comparison("lt", column(0), bigint(500L)), 1);
        List<Object> rows =
                values(PlanRunner.run(recursion(numbers(1L), plusOne(below), false), shape));
        assertThat(rows).containsExactlyElementsOf(LongStream.rangeClosed(1, 500).boxed().toList());
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void distinctEndsWhereRowsComeAgain(Shape shape) {
        PhysicalPlan step = project(WORK, arithmetic("modulus", twice(), bigint(7L)));
        List<Object> rows =
                values(PlanRunner.run(recursion(numbers(1L, 3L, 1L, null), step, true), shape));
        assertThat(rows).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, null);
    }

    private static RowExpression twice() {
        return arithmetic("add", column(0), column(0));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void distinctComparesRowsOfStringsAcrossRounds(Shape shape) {
        Schema schema =
                Schema.of(Field.of("n", ScalarType.BIGINT), Field.of("s", ScalarType.VARCHAR));
        String text = "a string that is not kept inline";
        PhysicalPlan seed =
                new MemoryTable(
                                schema,
                                List.of(Arrays.asList(0L, text), Arrays.asList(1L, null)),
                                1)
                        .scan();
        PhysicalPlan step =
                new Project(
                        new WorkTableScan(0, schema, 1),
                        List.of(
                                arithmetic(
                                        "modulus",
                                        arithmetic("add", column(0), bigint(1L)),
                                        bigint(3L)),
                                new InputRef(1, ScalarType.VARCHAR)),
                        schema);
        assertThat(PlanRunner.run(new RecursiveUnion(0, seed, step, true, schema, 10), shape))
                .containsExactlyInAnyOrder(
                        Arrays.asList(0L, text),
                        Arrays.asList(1L, text),
                        Arrays.asList(2L, text),
                        Arrays.asList(0L, null),
                        Arrays.asList(1L, null),
                        Arrays.asList(2L, null));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void limitEndsARecursionWithoutEnd(Shape shape) {
        PhysicalPlan endless = recursion(numbers(1L), plusOne(WORK), false);
        List<Object> rows =
                values(PlanRunner.run(new Limit(endless, bigint(20L), bigint(0L), 20), shape));
        assertThat(rows).containsExactlyElementsOf(LongStream.rangeClosed(1, 20).boxed().toList());
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void stepMayReadTheWorkTableTwiceAndJoinIt(Shape shape) {
        PhysicalPlan both = new Union(List.of(WORK, WORK), NUMBER, 2);
        PhysicalPlan join =
                new HashJoin(
                        both,
                        numbers(1L, 2L, 3L),
                        JoinType.SEMI,
                        List.of(0),
                        List.of(0),
                        List.of(false),
                        Literal.TRUE,
                        List.of(0),
                        List.of(),
                        2);
        List<Object> rows =
                values(PlanRunner.run(recursion(numbers(1L), plusOne(join), false), shape));
        assertThat(rows).hasSize(1 + 2 + 4 + 8).contains(1L, 2L, 3L, 4L);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void sharedPartsOfTheStepRunOnce(Shape shape) {
        MemoryTable table =
                new MemoryTable(NUMBER, LongStream.range(0, 50).mapToObj(List::of).toList(), 100);
        PhysicalPlan join =
                new HashJoin(
                        WORK,
                        new Shared(3, table.scan()),
                        JoinType.INNER,
                        List.of(0),
                        List.of(0),
                        List.of(false),
                        Literal.TRUE,
                        List.of(0),
                        List.of(),
                        2);
        List<Object> rows =
                values(PlanRunner.run(recursion(numbers(0L), plusOne(join), false), shape));
        assertThat(rows).hasSize(51);
        assertThat(table.splitsOpened).hasValue(1);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void recursionInAStepIsBuiltAnewInEachRound(Shape shape) {
        PhysicalPlan inner =
                new RecursiveUnion(
                        1,
                        WORK,
                        plusOne(
                                new Filter(
                                        new WorkTableScan(1, NUMBER, 1),
                                        comparison("lt", column(0), bigint(3L)),
                                        1)),
                        false,
                        NUMBER,
                        2);
        PhysicalPlan step = plusOne(new Filter(inner, comparison("eq", column(0), bigint(3L)), 1));
        List<Object> rows = values(PlanRunner.run(recursion(numbers(1L), step, false), shape));
        assertThat(rows).containsExactly(1L, 4L);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void errorInALaterRoundFailsTheQueryAndLeavesNothing(Shape shape) {
        PhysicalPlan step =
                project(
                        WORK,
                        arithmetic(
                                "add",
                                arithmetic("add", column(0), bigint(1L)),
                                arithmetic(
                                        "divide",
                                        bigint(0L),
                                        arithmetic("subtract", bigint(9L), column(0)))));
        try (LocalQueryEngine engine = PlanRunner.engine(shape.threads())) {
            try (QueryResult result =
                    engine.execute(recursion(numbers(1L), step, true), shape.options())) {
                assertThatThrownBy(() -> PlanRunner.drain(result))
                        .isInstanceOfSatisfying(
                                NeuralakeException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.DIVISION_BY_ZERO));
            }
            assertThat(engine.reservedBytes()).isZero();
        }
    }

    @Test
    void readerThatLeavesStopsTheRounds() {
        Shape shape = new Shape(7, 4);
        try (LocalQueryEngine engine = PlanRunner.engine(shape.threads())) {
            try (QueryResult result =
                    engine.execute(recursion(numbers(1L), plusOne(WORK), true), shape.options())) {
                ((ReadResult.Ready) result.take()).batch().close();
            }
            assertThat(engine.reservedBytes()).isZero();
        }
    }
}
