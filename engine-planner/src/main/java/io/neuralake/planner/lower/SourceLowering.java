package io.neuralake.planner.lower;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.planner.rel.FunctionNames;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.apache.calcite.rel.core.TableFunctionScan;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Lowers constant rows and table functions that the executor computes.
final class SourceLowering {
    private static final double UNKNOWN_ROWS = 1000;

    private SourceLowering() {}

    static Lowered values(Values values, Uses uses) {
        Schema all = TypeMapping.toSchema(values.getRowType());
        List<Field> fields = new ArrayList<>();
        Map<FieldPath, Integer> positions = new LinkedHashMap<>();
        for (int column : uses.columns()) {
            positions.put(FieldPath.of(column), fields.size());
            fields.add(all.field(column));
        }
        List<List<RowExpression>> rows = new ArrayList<>();
        for (List<RexLiteral> tuple : values.getTuples()) {
            List<RowExpression> row = new ArrayList<>();
            for (int column : uses.columns()) {
                row.add(Casts.to(Literals.of(tuple.get(column)), all.field(column).type()));
            }
            rows.add(row);
        }
        return new Lowered(
                new PhysicalPlan.Values(rows, new Schema(fields)), new Layout(positions));
    }

    static Lowered function(TableFunctionScan scan) {
        String name =
                scan.getCall() instanceof RexCall call ? FunctionNames.of(call.getOperator()) : "";
        if (!name.equals("generate_series") && !name.equals("range")) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED, "Table function not supported: " + name);
        }
        List<RowExpression> arguments = new ArrayList<>();
        for (var operand : ((RexCall) scan.getCall()).getOperands()) {
            arguments.add(Casts.to(RexToRowExpression.constant(operand), ScalarType.BIGINT));
        }
        if (name.equals("range") && arguments.size() == 1) {
            arguments.addFirst(FunctionCalls.bigint(0));
        }
        RowExpression step = arguments.size() > 2 ? arguments.get(2) : FunctionCalls.bigint(1);
        RowExpression stop = arguments.get(1);
        if (name.equals("range")) {
            stop = FunctionCalls.call("subtract", List.of(stop, sign(step)));
        }
        Schema schema = TypeMapping.toSchema(scan.getRowType());
        Schema bigint = Schema.of(new Field(schema.field(0).name(), ScalarType.BIGINT, false));
        return new Lowered(
                new PhysicalPlan.Series(
                        arguments.get(0), stop, step, bigint, rows(arguments.get(0), stop, step)),
                Layout.identity(1));
    }

    /// Returns what the end that is not included lies beyond the last value at least.
    private static RowExpression sign(RowExpression step) {
        return step instanceof Literal literal && literal.value() instanceof Long value
                ? FunctionCalls.bigint(Long.signum(value))
                : FunctionCalls.call("sign", List.of(step), ScalarType.BIGINT);
    }

    private static double rows(RowExpression start, RowExpression stop, RowExpression step) {
        return start instanceof Literal a
                        && stop instanceof Literal b
                        && step instanceof Literal c
                        && a.value() instanceof Long first
                        && b.value() instanceof Long last
                        && c.value() instanceof Long by
                        && by != 0
                ? Math.max(0, (double) (last - first) / by + 1)
                : UNKNOWN_ROWS;
    }
}
