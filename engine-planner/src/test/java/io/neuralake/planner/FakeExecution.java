package io.neuralake.planner;

import io.neuralake.exec.QueryEngine;
import io.neuralake.exec.QueryOptions;
import io.neuralake.exec.QueryResult;
import io.neuralake.exec.QueryStatistics;
import io.neuralake.exec.QueryStatistics.OperatorStatistics;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import org.apache.calcite.rel.RelRoot;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Plans every query as an empty VALUES of its columns, and records what is run instead of running
/// it.
final class FakeExecution implements RelPlanner, QueryEngine {
    final List<RelRoot> planned = new ArrayList<>();
    final List<PlannerSettings> settings = new ArrayList<>();
    final List<PhysicalPlan> plans = new ArrayList<>();
    final List<QueryOptions> options = new ArrayList<>();

    @Override
    public PhysicalPlan plan(RelRoot root, PlannerSettings plannerSettings) {
        planned.add(root);
        settings.add(plannerSettings);
        Schema columns = TypeMapping.toSchema(root.validatedRowType);
        List<Field> named = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            Field column = columns.field(i);
            named.add(new Field(root.fields.get(i).getValue(), column.type(), column.nullable()));
        }
        return new PhysicalPlan.Values(List.of(), new Schema(named));
    }

    @Override
    public QueryResult execute(PhysicalPlan plan, QueryOptions queryOptions) {
        plans.add(plan);
        options.add(queryOptions);
        return new EmptyResult(plan);
    }

    /// Returns the rows of the plan run last, which must be VALUES.
    List<List<Object>> lastRows() {
        PhysicalPlan.Values values = (PhysicalPlan.Values) plans.getLast();
        List<List<Object>> rows = new ArrayList<>();
        values.rows()
                .forEach(
                        row -> {
                            List<Object> cells = new ArrayList<>();
                            row.forEach(
                                    cell ->
                                            cells.add(
                                                    ((io.neuralake.exec.expression.RowExpression
                                                                            .Literal)
                                                                    cell)
                                                            .value()));
                            rows.add(cells);
                        });
        return rows;
    }

    @Override
    public long reservedBytes() {
        return 0;
    }

    @Override
    public long spilledBytes() {
        return 0;
    }

    @Override
    public long spillFileBytes() {
        return 0;
    }

    @Override
    public long memoryLimitBytes() {
        return Long.MAX_VALUE;
    }

    @Override
    public int threads() {
        return 1;
    }

    @Override
    public void close() {}

    private record EmptyResult(PhysicalPlan plan) implements QueryResult {
        @Override
        public Schema schema() {
            return plan.schema();
        }

        @Override
        public ReadResult poll() {
            return ReadResult.Finished.INSTANCE;
        }

        @Override
        public ReadResult take() {
            return ReadResult.Finished.INSTANCE;
        }

        @Override
        public void cancel() {}

        @Override
        public QueryStatistics statistics() {
            return new QueryStatistics(
                    2_000_000,
                    1_000_000,
                    4096,
                    7,
                    List.of(
                            new OperatorStatistics(
                                    plan, 0, 7, 1, 1_000_000, 4096, 0, Map.of("FILES", 3L))));
        }

        @Override
        public void close() {}
    }
}
