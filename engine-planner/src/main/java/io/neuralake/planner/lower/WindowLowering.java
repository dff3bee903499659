package io.neuralake.planner.lower;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.function.aggregate.AggregateFunctions;
import io.neuralake.exec.function.aggregate.AggregateSignature;
import io.neuralake.exec.function.aggregate.WindowFunctions;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.BoundKind;
import io.neuralake.exec.plan.PhysicalPlan.Exclusion;
import io.neuralake.exec.plan.PhysicalPlan.Frame;
import io.neuralake.exec.plan.PhysicalPlan.FrameBound;
import io.neuralake.exec.plan.PhysicalPlan.FrameUnit;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.exec.plan.PhysicalPlan.WindowCall;
import io.neuralake.planner.rel.FunctionNames;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexFieldCollation;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.rex.RexWindow;
import org.apache.calcite.rex.RexWindowBound;
import org.apache.calcite.sql.SqlKind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Lowers a projection with window functions: one projection computes what the functions read, then
/// comes one window node for each pair of partition and order, then the projection proper.
final class WindowLowering {
    private final Lowering lowering;
    private final Project project;
    private final List<RowExpression> columns = new ArrayList<>();
    private final List<Field> fields = new ArrayList<>();
    private final Map<RowExpression, Integer> known = new LinkedHashMap<>();
    private final Map<RexOver, Integer> results = new LinkedHashMap<>();

    WindowLowering(Lowering lowering, Project project) {
        this.lowering = lowering;
        this.project = project;
    }

    /// Functions that share partition and order.
    private record Group(List<RexNode> partition, List<RexFieldCollation> order) {}

    Lowered lower(Uses uses) {
        Uses whole = Uses.none().addColumns(uses.columns());
        List<RexNode> expressions = new ArrayList<>();
        whole.columns().forEach(column -> expressions.add(project.getProjects().get(column)));
        Uses read = Uses.none().addAll(expressions);
        Set<RexOver> functions = functions(expressions);
        functions.forEach(over -> addWindow(read, over));
        Lowered input = lowering.lower(project.getInput(), read);
        PhysicalPlan windows = windows(input, functions);
        return projected(input, windows, whole);
    }

    private static void addWindow(Uses read, RexOver over) {
        read.addAll(over.getWindow().partitionKeys);
        over.getWindow().orderKeys.forEach(key -> read.add(key.left));
        for (RexWindowBound bound :
                List.of(over.getWindow().getLowerBound(), over.getWindow().getUpperBound())) {
            if (bound.getOffset() != null) {
                read.add(bound.getOffset());
            }
        }
    }

    private static Set<RexOver> functions(List<RexNode> expressions) {
        Set<RexOver> functions = new LinkedHashSet<>();
        for (RexNode expression : expressions) {
            expression.accept(
                    new RexVisitorImpl<Void>(true) {
                        @Override
                        public Void visitOver(RexOver over) {
                            functions.add(over);
                            return null;
                        }
                    });
        }
        return functions;
    }

    private PhysicalPlan windows(Lowered input, Set<RexOver> functions) {
        Schema schema = input.plan().schema();
        for (int i = 0; i < schema.size(); i++) {
            InputRef column = new InputRef(i, schema.field(i).type());
            columns.add(column);
            fields.add(schema.field(i));
            known.put(column, i);
        }
        RexToRowExpression translator = RexToRowExpression.over(input);
        Map<Group, List<RexOver>> groups = new LinkedHashMap<>();
        for (RexOver over : functions) {
            RexWindow window = over.getWindow();
            groups.computeIfAbsent(
                            new Group(window.partitionKeys, window.orderKeys),
                            g -> new ArrayList<>())
                    .add(over);
        }
        List<PendingWindow> pending = new ArrayList<>();
        groups.forEach((group, overs) -> pending.add(prepare(group, overs, translator)));
        PhysicalPlan plan =
                columns.size() == schema.size()
                        ? input.plan()
                        : new PhysicalPlan.Project(input.plan(), columns, new Schema(fields));
        for (PendingWindow window : pending) {
            plan = window(plan, window);
        }
        return plan;
    }

    /// A window node without its input.
    private record PendingWindow(
            List<Integer> partition,
            List<SortKey> order,
            List<WindowCall> calls,
            List<RexOver> overs) {}

    private PendingWindow prepare(Group group, List<RexOver> overs, RexToRowExpression translator) {
        List<Integer> partition = new ArrayList<>();
        for (RexNode key : group.partition) {
            partition.add(column(translator.translate(key)));
        }
        List<SortKey> order = new ArrayList<>();
        for (RexFieldCollation key : group.order) {
            boolean descending = key.right.contains(SqlKind.DESCENDING);
            boolean nullsFirst =
                    key.right.contains(SqlKind.NULLS_FIRST)
                            || descending && !key.right.contains(SqlKind.NULLS_LAST);
            order.add(new SortKey(column(translator.translate(key.left)), descending, nullsFirst));
        }
        List<WindowCall> calls = new ArrayList<>();
        overs.forEach(over -> calls.add(call(over, translator)));
        return new PendingWindow(partition, order, calls, overs);
    }

    /// Returns the position of a value that window functions read, adding a column if need be.
    private int column(RowExpression value) {
        return known.computeIfAbsent(
                value,
                v -> {
                    columns.add(v);
                    fields.add(Field.of("w" + columns.size(), v.type()));
                    return columns.size() - 1;
                });
    }

    private WindowCall call(RexOver over, RexToRowExpression translator) {
        boolean sum0 = over.getAggOperator().getKind() == SqlKind.SUM0;
        String name = sum0 ? "sum" : FunctionNames.of(over.getAggOperator());
        AggregateSignature signature =
                WindowFunctions.find(name)
                        .or(() -> AggregateFunctions.find(name))
                        .orElseThrow(
                                () ->
                                        new NeuralakeException(
                                                ErrorCode.UNSUPPORTED,
                                                "Window function not supported: " + name));
        List<Integer> arguments = new ArrayList<>();
        List<Literal> constants = new ArrayList<>();
        List<Type> types = new ArrayList<>();
        List<RowExpression> values = translator.translate(over.getOperands());
        int lastColumn = lastColumn(values);
        for (int i = 0; i < values.size(); i++) {
            boolean isDefault = i == 2 && (name.equals("lag") || name.equals("lead"));
            RowExpression value =
                    isDefault ? Casts.to(values.get(i), values.getFirst().type()) : values.get(i);
            types.add(value.type());
            if (i > lastColumn && value instanceof Literal literal) {
                constants.add(literal);
            } else {
                arguments.add(column(value));
            }
        }
        Field output = Field.of("f" + results.size(), signature.resultType(types));
        return new WindowCall(
                signature.name(),
                arguments,
                constants,
                over.isDistinct(),
                -1,
                over.ignoreNulls(),
                frame(over.getWindow(), translator),
                output);
    }

    /// Returns the last argument that is not constant; the first always counts as a column, but for
    /// a function of one constant such as NTILE.
    private static int lastColumn(List<RowExpression> values) {
        int last = values.size() > 1 ? 0 : -1;
        for (int i = 0; i < values.size(); i++) {
            if (!(values.get(i) instanceof Literal)) {
                last = i;
            }
        }
        return last;
    }

    private Frame frame(RexWindow window, RexToRowExpression translator) {
        Exclusion exclusion =
                switch (window.getExclude()) {
                    case EXCLUDE_NO_OTHER -> Exclusion.NO_OTHERS;
                    case EXCLUDE_CURRENT_ROW -> Exclusion.CURRENT_ROW;
                    case EXCLUDE_GROUP -> Exclusion.GROUP;
                    case EXCLUDE_TIES -> Exclusion.TIES;
                };
        return new Frame(
                window.isRows() ? FrameUnit.ROWS : FrameUnit.RANGE,
                bound(window.getLowerBound(), translator),
                bound(window.getUpperBound(), translator),
                exclusion);
    }

    private FrameBound bound(RexWindowBound bound, RexToRowExpression translator) {
        if (bound.isCurrentRow()) {
            return new FrameBound(BoundKind.CURRENT_ROW, -1);
        }
        if (bound.getOffset() == null) {
            return new FrameBound(
                    bound.isPreceding()
                            ? BoundKind.UNBOUNDED_PRECEDING
                            : BoundKind.UNBOUNDED_FOLLOWING,
                    -1);
        }
        int offset = column(translator.translate(bound.getOffset()));
        return new FrameBound(
                bound.isPreceding() ? BoundKind.PRECEDING : BoundKind.FOLLOWING, offset);
    }

    private PhysicalPlan window(PhysicalPlan input, PendingWindow window) {
        List<Field> outputs = new ArrayList<>(input.schema().fields());
        for (int i = 0; i < window.calls.size(); i++) {
            results.put(window.overs.get(i), outputs.size());
            outputs.add(window.calls.get(i).output());
        }
        return new PhysicalPlan.Window(
                input, window.partition, window.order, window.calls, new Schema(outputs));
    }

    private Lowered projected(Lowered input, PhysicalPlan windows, Uses whole) {
        int inputWidth = project.getInput().getRowType().getFieldCount();
        RexShuttle toColumns =
                new RexShuttle() {
                    @Override
                    public RexNode visitOver(RexOver over) {
                        return new RexInputRef(
                                inputWidth + Objects.requireNonNull(results.get(over)),
                                over.getType());
                    }
                };
        Schema schema = windows.schema();
        RexToRowExpression translator =
                new RexToRowExpression(
                        path ->
                                path.column() >= inputWidth
                                        ? new InputRef(
                                                path.column() - inputWidth,
                                                schema.field(path.column() - inputWidth).type())
                                        : input.read(path));
        List<RowExpression> expressions = new ArrayList<>();
        List<Field> outputs = new ArrayList<>();
        Map<FieldPath, Integer> positions = new LinkedHashMap<>();
        for (int column : whole.columns()) {
            RelDataTypeField field = project.getRowType().getFieldList().get(column);
            Type type = TypeMapping.toType(field.getType());
            RexNode expression = project.getProjects().get(column).accept(toColumns);
            positions.put(FieldPath.of(column), expressions.size());
            expressions.add(Casts.to(translator.translate(expression), type));
            outputs.add(new Field(field.getName(), type, field.getType().isNullable()));
        }
        return new Lowered(
                new PhysicalPlan.Project(windows, expressions, new Schema(outputs)),
                new Layout(positions));
    }
}
