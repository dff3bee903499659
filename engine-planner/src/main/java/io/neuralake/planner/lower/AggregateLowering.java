package io.neuralake.planner.lower;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Coalesce;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.function.aggregate.AggregateFunctions;
import io.neuralake.exec.function.aggregate.AggregateSignature;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.planner.rel.FunctionNames;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Lowers aggregations. Constant arguments (separators, quantiles) become constants of the call; a
/// result whose type differs from SQL's is converted above.
final class AggregateLowering {
    private final Lowering lowering;
    private final Aggregate aggregate;
    private final RelNode inputRel;

    AggregateLowering(Lowering lowering, Aggregate aggregate) {
        this.lowering = lowering;
        this.aggregate = aggregate;
        this.inputRel = aggregate.getInput();
    }

    /// A call with its constants told from its columns.
    private record Call(
            int output,
            AggregateCall call,
            String function,
            List<Integer> columns,
            List<Literal> constants) {}

    Lowered lower(Uses uses) {
        List<Call> calls = calls(uses);
        Uses read = Uses.none().addColumns(aggregate.getGroupSet().asList());
        for (Call call : calls) {
            read.addColumns(call.columns);
            read.addColumns(call.call.collation.getKeys());
            if (call.call.filterArg >= 0) {
                read.add(FieldPath.of(call.call.filterArg));
            }
        }
        Lowered input = Projections.unprojected(lowering.lower(inputRel, read));
        return converted(input, calls);
    }

    private List<Call> calls(Uses uses) {
        List<Call> calls = new ArrayList<>();
        int groupCount = aggregate.getGroupCount();
        for (int i = 0; i < aggregate.getAggCallList().size(); i++) {
            if (uses.columns().contains(groupCount + i)) {
                calls.add(call(groupCount + i, aggregate.getAggCallList().get(i)));
            }
        }
        return calls;
    }

    private Call call(int output, AggregateCall call) {
        String function = function(call);
        AggregateSignature signature = signature(function);
        List<Integer> columns = new ArrayList<>();
        List<Literal> constants = new ArrayList<>();
        for (int argument : call.getArgList()) {
            Literal constant = constant(argument);
            boolean asConstant =
                    constant != null
                            && !signature.constants().isEmpty()
                            && (!columns.isEmpty() || isWithinGroup(call, signature));
            if (asConstant) {
                constants.add(constant);
            } else {
                columns.add(argument);
            }
        }
        if (isWithinGroup(call, signature) && columns.isEmpty()) {
            columns.addAll(call.collation.getKeys());
        }
        return new Call(output, call, signature.name(), columns, constants);
    }

    /// Tells whether the argument is what WITHIN GROUP orders by.
    private static boolean isWithinGroup(AggregateCall call, AggregateSignature signature) {
        return signature.withinGroup()
                && !signature.orderSensitive()
                && !call.collation.getFieldCollations().isEmpty();
    }

    private static String function(AggregateCall call) {
        SqlKind kind = call.getAggregation().getKind();
        if (kind == SqlKind.SUM0) {
            return "sum";
        }
        if (kind == SqlKind.SINGLE_VALUE) {
            return "any_value";
        }
        if (kind == SqlKind.COUNT && call.isApproximate() && call.isDistinct()) {
            return "approx_count_distinct";
        }
        return FunctionNames.of(call.getAggregation());
    }

    static AggregateSignature signature(String function) {
        return AggregateFunctions.find(function)
                .orElseThrow(
                        () ->
                                new NeuralakeException(
                                        ErrorCode.UNSUPPORTED,
                                        "Aggregate function not supported: " + function));
    }

    /// Returns the constant that a column of the input is, or null.
    private @org.jspecify.annotations.Nullable Literal constant(int column) {
        if (!(inputRel instanceof Project project)) {
            return null;
        }
        RexNode expression = project.getProjects().get(column);
        boolean isConstant =
                expression instanceof RexLiteral
                        || expression instanceof RexCall call
                                && call.getKind() != SqlKind.CASE
                                && org.apache.calcite.rex.RexUtil.isConstant(call);
        if (!isConstant) {
            return null;
        }
        return literal(RexToRowExpression.constant(expression));
    }

    private static @org.jspecify.annotations.Nullable Literal literal(RowExpression expression) {
        return switch (expression) {
            case Literal literal -> literal;
            case RowExpression.Call call when call.function().equals("list_value") -> {
                List<Object> values = new ArrayList<>();
                for (RowExpression argument : call.arguments()) {
                    Literal value = literal(argument);
                    if (value == null) {
                        yield null;
                    }
                    values.add(value.value());
                }
                yield new Literal(java.util.Collections.unmodifiableList(values), call.type());
            }
            default -> null;
        };
    }

    private Lowered converted(Lowered input, List<Call> calls) {
        List<Integer> groupColumns = aggregate.getGroupSet().asList();
        List<Integer> keys = new ArrayList<>();
        List<Field> fields = new ArrayList<>();
        Map<FieldPath, Integer> positions = new LinkedHashMap<>();
        boolean plain = aggregate.getGroupSets().size() == 1;
        for (int i = 0; i < groupColumns.size(); i++) {
            int position = input.layout().position(groupColumns.get(i));
            Field field = input.plan().schema().field(position);
            keys.add(position);
            positions.put(FieldPath.of(i), i);
            fields.add(
                    new Field(
                            aggregate.getRowType().getFieldNames().get(i),
                            field.type(),
                            field.nullable() || !plain));
        }
        List<PhysicalPlan.AggregateCall> physical = new ArrayList<>();
        for (Call call : calls) {
            PhysicalPlan.AggregateCall one = physical(call, input);
            positions.put(FieldPath.of(call.output), fields.size());
            fields.add(one.output());
            physical.add(one);
        }
        PhysicalPlan plan =
                new PhysicalPlan.HashAggregate(
                        input.plan(),
                        keys,
                        groupingSets(groupColumns),
                        physical,
                        new Schema(fields),
                        lowering.rows(aggregate));
        return typed(plan, new Layout(positions), calls);
    }

    private List<List<Integer>> groupingSets(List<Integer> groupColumns) {
        List<List<Integer>> sets = new ArrayList<>();
        for (ImmutableBitSet set : aggregate.getGroupSets()) {
            List<Integer> positions = new ArrayList<>();
            for (int column : set) {
                positions.add(groupColumns.indexOf(column));
            }
            sets.add(positions);
        }
        return sets;
    }

    private PhysicalPlan.AggregateCall physical(Call call, Lowered input) {
        List<Integer> arguments = new ArrayList<>();
        List<Type> types = new ArrayList<>();
        for (int column : call.columns) {
            int position = input.layout().position(column);
            arguments.add(position);
            types.add(input.plan().schema().field(position).type());
        }
        call.constants.forEach(constant -> types.add(constant.type()));
        Type type = signature(call.function).resultType(types);
        RelDataTypeField field = aggregate.getRowType().getFieldList().get(call.output);
        boolean never =
                call.call.getAggregation().getKind() == SqlKind.COUNT
                        || call.function.equals("grouping");
        List<SortKey> order = SortLowering.keys(call.call.collation, input.layout());
        return new PhysicalPlan.AggregateCall(
                call.function,
                arguments,
                call.constants,
                call.call.isDistinct() && !call.function.equals("approx_count_distinct"),
                call.call.filterArg < 0 ? -1 : input.layout().position(call.call.filterArg),
                order,
                new Field(field.getName(), type, !never));
    }

    /// Converts results to SQL's types.
    private Lowered typed(PhysicalPlan plan, Layout layout, List<Call> calls) {
        List<RowExpression> expressions = new ArrayList<>();
        List<Field> fields = new ArrayList<>(plan.schema().fields());
        for (int i = 0; i < fields.size(); i++) {
            expressions.add(new InputRef(i, fields.get(i).type()));
        }
        boolean changed = false;
        for (Call call : calls) {
            int position = layout.position(call.output);
            RelDataTypeField wanted = aggregate.getRowType().getFieldList().get(call.output);
            Type type = TypeMapping.toType(wanted.getType());
            RowExpression value = Casts.to(expressions.get(position), type);
            boolean zero = call.call.getAggregation().getKind() == SqlKind.SUM0;
            if (zero) {
                Object none = Casts.exact(0L, io.neuralake.spi.type.ScalarType.BIGINT, type);
                value = new Coalesce(List.of(value, new Literal(none, type)), type);
            }
            if (!value.equals(expressions.get(position))) {
                changed = true;
                expressions.set(position, value);
                boolean nullable = !zero && fields.get(position).nullable();
                fields.set(position, new Field(wanted.getName(), type, nullable));
            }
        }
        return changed
                ? new Lowered(
                        new PhysicalPlan.Project(plan, expressions, new Schema(fields)), layout)
                : new Lowered(plan, layout);
    }
}
