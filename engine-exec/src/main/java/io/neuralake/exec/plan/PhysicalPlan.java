package io.neuralake.exec.plan;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import java.util.ArrayList;
import java.util.List;

/// A physical plan: a tree of sealed records, whose inputs are settled. Columns are named by
/// position in the input's schema. Immutable.
public sealed interface PhysicalPlan {
    /// Returns the columns of the result.
    Schema schema();

    /// Returns the inputs, left or probe side first.
    List<PhysicalPlan> inputs();

    /// Returns the estimated rows of the result; NaN when unknown.
    double estimatedRows();

    /// Reads a table. `filters` are conjuncts over the output columns, in the order in which to apply
    /// them; columns that only filters read are dropped by a Project above.
    ///
    /// @param dynamicFilters filters made by joins above, which narrow this scan
    record TableScan(
            ScanRequest request,
            List<RowExpression> filters,
            List<DynamicFilterTarget> dynamicFilters,
            Schema schema,
            double estimatedRows)
            implements PhysicalPlan {
        /// Copies the lists.
        public TableScan {
            filters = List.copyOf(filters);
            dynamicFilters = List.copyOf(dynamicFilters);
        }

        @Override
        public List<PhysicalPlan> inputs() {
            return List.of();
        }
    }

    /// Constant rows. A row of no columns is a row.
    record Values(List<List<RowExpression>> rows, Schema schema) implements PhysicalPlan {
        /// Copies the lists.
        public Values {
            rows = rows.stream().map(List::copyOf).toList();
        }

        @Override
        public List<PhysicalPlan> inputs() {
            return List.of();
        }

        @Override
        public double estimatedRows() {
            return rows.size();
        }
    }

    /// Keeps the rows for which the predicate is TRUE.
    record Filter(PhysicalPlan input, RowExpression predicate, double estimatedRows)
            implements PhysicalPlan {
        @Override
        public Schema schema() {
            return input.schema();
        }

        @Override
        public List<PhysicalPlan> inputs() {
            return List.of(input);
        }
    }

    /// Computes columns.
    record Project(PhysicalPlan input, List<RowExpression> expressions, Schema schema)
            implements PhysicalPlan {
        /// Copies the list.
        public Project {
            expressions = List.copyOf(expressions);
        }

        @Override
        public List<PhysicalPlan> inputs() {
            return List.of(input);
        }

        @Override
        public double estimatedRows() {
            return input.estimatedRows();
        }
    }

    /// Groups by columns. The result has the group keys in the order of `keys`, then one column an
    /// aggregate. Without keys there is one row, also for no input. NULL keys are equal, and so are
    /// NaNs; -0.0 equals 0.0. DISTINCT is an aggregation without aggregates.
    ///
    /// @param keys columns of the input
    /// @param groupingSets positions in `keys`; keys that a set lacks are null. One set of all keys
    ///     is plain GROUP BY. With more than one set (or one that is not all keys) the function
    ///     `grouping` among the aggregates tells the sets apart; an empty set yields one row for no
    ///     input
    record HashAggregate(
            PhysicalPlan input,
            List<Integer> keys,
            List<List<Integer>> groupingSets,
            List<AggregateCall> aggregates,
            Schema schema,
            double estimatedRows)
            implements PhysicalPlan {
        /// Copies the lists.
        public HashAggregate {
            keys = List.copyOf(keys);
            groupingSets = groupingSets.stream().map(List::copyOf).toList();
            aggregates = List.copyOf(aggregates);
        }

        @Override
        public List<PhysicalPlan> inputs() {
            return List.of(input);
        }
    }

    /// Joins by equality of keys. The build side is hashed, the probe side streams. The combined row
    /// is probe columns, then build columns, then for MARK a nullable Boolean. For SEMI, ANTI and
    /// MARK the build columns are absent from it; for BUILD_SEMI and BUILD_ANTI the probe columns.
    ///
    /// @param nullsEqual one a key pair: whether two nulls match (IS NOT DISTINCT FROM)
    /// @param residual further condition over probe columns then build columns (always both); TRUE
    ///     literal when there is none
    /// @param output positions in the combined row that make up the result
    /// @param dynamicFilters what the build side tells scans of the probe side
    record HashJoin(
            PhysicalPlan probe,
            PhysicalPlan build,
            JoinType type,
            List<Integer> probeKeys,
            List<Integer> buildKeys,
            List<Boolean> nullsEqual,
            RowExpression residual,
            List<Integer> output,
            List<DynamicFilterSource> dynamicFilters,
            double estimatedRows)
            implements PhysicalPlan {
        /// Copies the lists.
        public HashJoin {
            probeKeys = List.copyOf(probeKeys);
            buildKeys = List.copyOf(buildKeys);
            nullsEqual = List.copyOf(nullsEqual);
            output = List.copyOf(output);
            dynamicFilters = List.copyOf(dynamicFilters);
        }

        @Override
        public Schema schema() {
            return type.schema(probe.schema(), build.schema(), output);
        }

        @Override
        public List<PhysicalPlan> inputs() {
            return List.of(probe, build);
        }
    }

    /// Joins by any condition over probe columns then build columns; the build side is materialized.
    /// Types, combined row and `output` as in [HashJoin].
    record NestedLoopJoin(
            PhysicalPlan probe,
            PhysicalPlan build,
            JoinType type,
            RowExpression condition,
            List<Integer> output,
            double estimatedRows)
            implements PhysicalPlan {
        /// Copies the list.
        public NestedLoopJoin {
            output = List.copyOf(output);
        }

        @Override
        public Schema schema() {
            return type.schema(probe.schema(), build.schema(), output);
        }

        @Override
        public List<PhysicalPlan> inputs() {
            return List.of(probe, build);
        }
    }

    /// Joins each probe row with the one build row that has equal keys and the nearest value that
    /// satisfies `probeValue operator buildValue` (the greatest build value for >= and >, the
    /// smallest for <= and <). Only INNER and LEFT. Result: probe columns, then build columns.
    record AsofJoin(
            PhysicalPlan probe,
            PhysicalPlan build,
            JoinType type,
            List<Integer> probeKeys,
            List<Integer> buildKeys,
            int probeValue,
            int buildValue,
            io.neuralake.spi.expression.ScanPredicate.Operator operator,
            double estimatedRows)
            implements PhysicalPlan {
        /// Copies the lists.
        public AsofJoin {
            probeKeys = List.copyOf(probeKeys);
            buildKeys = List.copyOf(buildKeys);
        }

        @Override
        public Schema schema() {
            List<Field> fields = new ArrayList<>(probe.schema().fields());
            for (Field field : build.schema().fields()) {
                fields.add(type == JoinType.LEFT ? Field.of(field.name(), field.type()) : field);
            }
            return new Schema(fields);
        }

        @Override
        public List<PhysicalPlan> inputs() {
            return List.of(probe, build);
        }
    }

    /// Sorts all rows.
    record Sort(PhysicalPlan input, List<SortKey> keys) implements PhysicalPlan {
        /// Copies the list.
        public Sort {
            keys = List.copyOf(keys);
        }

        @Override
        public Schema schema() {
            return input.schema();
        }

        @Override
        public List<PhysicalPlan> inputs() {
            return List.of(input);
        }

        @Override
        public double estimatedRows() {
            return input.estimatedRows();
        }
    }

    /// Sorts and keeps `limit` rows after skipping `offset`. Both are BIGINT constants or parameters.
    record TopN(
            PhysicalPlan input,
            List<SortKey> keys,
            RowExpression limit,
            RowExpression offset,
            double estimatedRows)
            implements PhysicalPlan {
        /// Copies the list.
        public TopN {
            keys = List.copyOf(keys);
        }

        @Override
        public Schema schema() {
            return input.schema();
        }

        @Override
        public List<PhysicalPlan> inputs() {
            return List.of(input);
        }
    }

    /// Keeps `limit` rows after skipping `offset`, in the order of the input if it has one. Both are
    /// BIGINT constants or parameters; NULL limit means all.
    record Limit(
            PhysicalPlan input, RowExpression limit, RowExpression offset, double estimatedRows)
            implements PhysicalPlan {
        @Override
        public Schema schema() {
            return input.schema();
        }

        @Override
        public List<PhysicalPlan> inputs() {
            return List.of(input);
        }
    }

    /// Computes window functions; the result is the input's columns, then one column a function. All
    /// functions share partition and order.
    record Window(
            PhysicalPlan input,
            List<Integer> partitionKeys,
            List<SortKey> orderKeys,
            List<WindowCall> functions,
            Schema schema)
            implements PhysicalPlan {
        /// Copies the lists.
        public Window {
            partitionKeys = List.copyOf(partitionKeys);
            orderKeys = List.copyOf(orderKeys);
            functions = List.copyOf(functions);
        }

        @Override
        public List<PhysicalPlan> inputs() {
            return List.of(input);
        }

        @Override
        public double estimatedRows() {
            return input.estimatedRows();
        }
    }

    /// Concatenates inputs of equal column types (UNION ALL).
    record Union(List<PhysicalPlan> inputs, Schema schema, double estimatedRows)
            implements PhysicalPlan {
        /// Copies the list.
        public Union {
            inputs = List.copyOf(inputs);
        }
    }

    /// Repeats each input row once an element of its lists, side by side; shorter lists are filled
    /// with nulls. The result is the `kept` input columns, then the elements (a list of structs
    /// yields one column, a map two: key and value), then with `ordinality` a BIGINT from 1.
    ///
    /// @param lists list or map columns of the input
    /// @param outer keeps rows whose lists are all empty or null, once, with nulls
    record Unnest(
            PhysicalPlan input,
            List<Integer> kept,
            List<Integer> lists,
            boolean ordinality,
            boolean outer,
            Schema schema,
            double estimatedRows)
            implements PhysicalPlan {
        /// Copies the lists.
        public Unnest {
            kept = List.copyOf(kept);
            lists = List.copyOf(lists);
        }

        @Override
        public List<PhysicalPlan> inputs() {
            return List.of(input);
        }
    }

    /// Yields exactly one row: the input's, or nulls when it has none; more than one row is
    /// CARDINALITY_VIOLATION (21000).
    record EnforceSingleRow(PhysicalPlan input) implements PhysicalPlan {
        @Override
        public Schema schema() {
            return new Schema(
                    input.schema().fields().stream()
                            .map(f -> Field.of(f.name(), f.type()))
                            .toList());
        }

        @Override
        public List<PhysicalPlan> inputs() {
            return List.of(input);
        }

        @Override
        public double estimatedRows() {
            return 1;
        }
    }

    /// A common sub-plan. Nodes of equal id in one plan hold equal inputs; the input runs once, is
    /// materialized, and is read by each.
    record Shared(int id, PhysicalPlan input) implements PhysicalPlan {
        @Override
        public Schema schema() {
            return input.schema();
        }

        @Override
        public List<PhysicalPlan> inputs() {
            return List.of(input);
        }

        @Override
        public double estimatedRows() {
            return input.estimatedRows();
        }
    }

    /// Repeats `step` over the rows that were new in the round before (the work table, which the step
    /// reads by [WorkTableScan]), beginning with those of `seed`, until a round brings none. The
    /// result is the rows of the seed and of all rounds, in the order of rounds.
    ///
    /// @param id unique in the plan
    /// @param step of the column types of `seed`
    /// @param distinct drops rows that are equal to an earlier one, as GROUP BY compares (UNION)
    record RecursiveUnion(
            int id,
            PhysicalPlan seed,
            PhysicalPlan step,
            boolean distinct,
            Schema schema,
            double estimatedRows)
            implements PhysicalPlan {
        @Override
        public List<PhysicalPlan> inputs() {
            return List.of(seed, step);
        }
    }

    /// Reads the work table of the recursion of that id, in whose step this is.
    record WorkTableScan(int id, Schema schema, double estimatedRows) implements PhysicalPlan {
        @Override
        public List<PhysicalPlan> inputs() {
            return List.of();
        }
    }

    /// A series of BIGINTs from `start` to `stop` inclusive by `step` (`generate_series`); one column.
    record Series(
            RowExpression start,
            RowExpression stop,
            RowExpression step,
            Schema schema,
            double estimatedRows)
            implements PhysicalPlan {
        @Override
        public List<PhysicalPlan> inputs() {
            return List.of();
        }
    }

    /// How a join treats rows with and without match.
    enum JoinType {
        INNER,
        /// Keeps probe rows without match, with null build columns.
        LEFT,
        /// Keeps build rows without match, with null probe columns.
        RIGHT,
        FULL,
        /// Probe rows with a match, once.
        SEMI,
        /// Probe rows without match (NOT EXISTS: a null key matches nothing, so its row is kept).
        ANTI,
        /// NOT IN: no row when the build side holds a null key (among rows that pass the residual);
        /// a probe row with a null key is kept only if the build side is empty.
        ANTI_NULL_AWARE,
        /// All probe rows, with a Boolean that tells whether there is a match (EXISTS).
        MARK,
        /// All probe rows, with the three-valued result of IN.
        MARK_NULL_AWARE,
        /// As LEFT, but a second match is CARDINALITY_VIOLATION (21000).
        SINGLE,
        /// Build rows with a match, once; they come after the probe side has ended.
        BUILD_SEMI,
        /// Build rows without match.
        BUILD_ANTI;

        /// Tells whether the combined row has the probe side's columns.
        public boolean hasProbeColumns() {
            return this != BUILD_SEMI && this != BUILD_ANTI;
        }

        /// Tells whether the combined row has the build side's columns.
        public boolean hasBuildColumns() {
            return switch (this) {
                case INNER, LEFT, RIGHT, FULL, SINGLE, BUILD_SEMI, BUILD_ANTI -> true;
                case SEMI, ANTI, ANTI_NULL_AWARE, MARK, MARK_NULL_AWARE -> false;
            };
        }

        /// Returns the columns of a join of this type.
        Schema schema(Schema probe, Schema build, List<Integer> output) {
            List<Field> combined = new ArrayList<>();
            if (hasProbeColumns()) {
                combined.addAll(this == RIGHT || this == FULL ? nullable(probe) : probe.fields());
            }
            if (hasBuildColumns()) {
                combined.addAll(
                        this == LEFT || this == FULL || this == SINGLE
                                ? nullable(build)
                                : build.fields());
            }
            if (this == MARK || this == MARK_NULL_AWARE) {
                combined.add(new Field("mark", ScalarType.BOOLEAN, this == MARK_NULL_AWARE));
            }
            return new Schema(output.stream().map(combined::get).toList());
        }

        private static List<Field> nullable(Schema schema) {
            return schema.fields().stream().map(f -> Field.of(f.name(), f.type())).toList();
        }
    }

    /// A column to sort by.
    record SortKey(int column, boolean descending, boolean nullsFirst) {}

    /// An aggregate function of the catalogue over columns of the input.
    ///
    /// @param function canonical lower-case name, such as `sum`, `count`, `any_value`
    /// @param arguments columns of the input; none for `count(*)`
    /// @param constants further constant arguments, such as a separator or a quantile
    /// @param filter a Boolean column of the input, or -1
    /// @param order order of the input for `array_agg`, `string_agg` and the like
    record AggregateCall(
            String function,
            List<Integer> arguments,
            List<Literal> constants,
            boolean distinct,
            int filter,
            List<SortKey> order,
            Field output) {
        /// Copies the lists.
        public AggregateCall {
            arguments = List.copyOf(arguments);
            constants = List.copyOf(constants);
            order = List.copyOf(order);
        }
    }

    /// A window function: `row_number`, `rank`, `dense_rank`, `percent_rank`, `cume_dist`, `ntile`,
    /// `lag`, `lead`, `first_value`, `last_value`, `nth_value`, or an aggregate function.
    ///
    /// @param arguments columns of the input
    record WindowCall(
            String function,
            List<Integer> arguments,
            List<Literal> constants,
            boolean distinct,
            int filter,
            boolean ignoreNulls,
            Frame frame,
            Field output) {
        /// Copies the lists.
        public WindowCall {
            arguments = List.copyOf(arguments);
            constants = List.copyOf(constants);
        }
    }

    /// The frame of a window function.
    record Frame(FrameUnit unit, FrameBound start, FrameBound end, Exclusion exclusion) {}

    /// What a frame counts.
    enum FrameUnit {
        ROWS,
        RANGE,
        GROUPS
    }

    /// What is left out of a frame.
    enum Exclusion {
        NO_OTHERS,
        CURRENT_ROW,
        GROUP,
        TIES
    }

    /// An end of a frame.
    ///
    /// @param offset column of the input that holds the distance for PRECEDING and FOLLOWING, else -1
    record FrameBound(BoundKind kind, int offset) {}

    /// Kinds of frame ends.
    enum BoundKind {
        UNBOUNDED_PRECEDING,
        PRECEDING,
        CURRENT_ROW,
        FOLLOWING,
        UNBOUNDED_FOLLOWING
    }

    /// Says that a join tells scans the range and set of a build key.
    ///
    /// @param id unique in the plan
    /// @param key position in the join's keys
    record DynamicFilterSource(int id, int key) {}

    /// Says that a scan takes a dynamic filter on one of its output columns.
    record DynamicFilterTarget(int id, int outputColumn) {}
}
