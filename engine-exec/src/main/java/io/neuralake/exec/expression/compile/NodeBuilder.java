package io.neuralake.exec.expression.compile;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.And;
import io.neuralake.exec.expression.RowExpression.Call;
import io.neuralake.exec.expression.RowExpression.Case;
import io.neuralake.exec.expression.RowExpression.Cast;
import io.neuralake.exec.expression.RowExpression.Coalesce;
import io.neuralake.exec.expression.RowExpression.In;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.expression.RowExpression.Member;
import io.neuralake.exec.expression.RowExpression.Or;
import io.neuralake.exec.expression.RowExpression.Parameter;
import io.neuralake.exec.expression.RowExpression.When;
import io.neuralake.exec.function.Casts;
import io.neuralake.exec.function.ConstantSet;
import io.neuralake.exec.function.FunctionSite;
import io.neuralake.exec.function.ScalarFunctions;
import io.neuralake.exec.function.ScalarImplementation;
import io.neuralake.exec.function.ScalarImplementations;
import io.neuralake.exec.function.ScalarSignature;
import io.neuralake.exec.kernel.Comparison;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Type;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Builds nodes of rewritten expressions. The largest subtrees that read just one column are wrapped
/// so that they are evaluated once per dictionary.
final class NodeBuilder {
    private final EvaluationSettings settings;
    private final MemoryAllocator allocator;
    private final List<ConstantNode> constants = new ArrayList<>();
    private final List<ConstantSet> sets = new ArrayList<>();

    NodeBuilder(EvaluationSettings settings, MemoryAllocator allocator) {
        this.settings = settings;
        this.allocator = allocator;
    }

    /// Builds a node of any type.
    Node build(RowExpression expression) {
        try {
            return build(expression, false);
        } catch (RuntimeException e) {
            closeLeaves();
            throw e;
        }
    }

    /// Builds a condition.
    Condition buildCondition(RowExpression expression) {
        try {
            return condition(expression, false);
        } catch (RuntimeException e) {
            closeLeaves();
            throw e;
        }
    }

    private void closeLeaves() {
        constants.forEach(ConstantNode::close);
        sets.forEach(ConstantSet::close);
    }

    /// @param wrapped whether an ancestor is evaluated over dictionaries already
    private Node build(RowExpression expression, boolean wrapped) {
        if (isCondition(expression)) {
            return condition(expression, wrapped);
        }
        if (!wrapped) {
            Optional<Integer> input = onlyInput(expression);
            if (input.isPresent()) {
                return new DictionaryNode(input.get(), node(expression, true));
            }
        }
        return node(expression, wrapped);
    }

    private Condition condition(RowExpression expression, boolean wrapped) {
        if (!wrapped) {
            Optional<Integer> input = onlyInput(expression);
            if (input.isPresent()) {
                return new DictionaryCondition(input.get(), rawCondition(expression, true));
            }
        }
        return rawCondition(expression, wrapped);
    }

    /// Returns the column of an expression that reads just one, where evaluation over its dictionary
    /// saves work.
    private static Optional<Integer> onlyInput(RowExpression expression) {
        boolean trivial =
                expression instanceof InputRef
                        || expression instanceof Member
                        || expression instanceof Call call
                                && call.function().endsWith("_null")
                                && call.arguments().get(0) instanceof InputRef;
        if (trivial || !ExpressionTraits.isDeterministic(expression)) {
            return Optional.empty();
        }
        Set<Integer> inputs = ExpressionTraits.inputs(expression);
        return inputs.size() == 1 ? Optional.of(inputs.iterator().next()) : Optional.empty();
    }

    private static boolean isCondition(RowExpression expression) {
        return switch (expression) {
            case And _, Or _, In _ -> true;
            case Call call -> comparison(call.function()).isPresent() || isTest(call.function());
            default -> false;
        };
    }

    private static boolean isTest(String function) {
        return switch (function) {
            case "not",
                    "is_null",
                    "is_not_null",
                    "is_true",
                    "is_not_true",
                    "is_false",
                    "is_not_false",
                    "is_unknown",
                    "is_not_unknown",
                    "is_distinct_from",
                    "is_not_distinct_from" ->
                    true;
            default -> false;
        };
    }

    private static Optional<Comparison> comparison(String function) {
        return Optional.ofNullable(
                switch (function) {
                    case "eq" -> Comparison.EQUAL;
                    case "ne" -> Comparison.NOT_EQUAL;
                    case "lt" -> Comparison.LESS;
                    case "le" -> Comparison.LESS_OR_EQUAL;
                    case "gt" -> Comparison.GREATER;
                    case "ge" -> Comparison.GREATER_OR_EQUAL;
                    default -> null;
                });
    }

    private Condition rawCondition(RowExpression expression, boolean wrapped) {
        return switch (expression) {
            case And and -> new JunctionCondition(conditions(and.parts(), wrapped), false);
            case Or or -> new JunctionCondition(conditions(or.parts(), wrapped), true);
            case In in -> in(in, wrapped);
            case Call call when isCondition(call) -> test(call, wrapped);
            default -> new ColumnCondition(node(expression, wrapped));
        };
    }

    private List<Condition> conditions(List<RowExpression> parts, boolean wrapped) {
        return parts.stream().map(part -> condition(part, wrapped)).toList();
    }

    private Condition in(In in, boolean wrapped) {
        List<Object> values = new ArrayList<>();
        boolean nullCandidate = false;
        for (Literal literal : in.candidates()) {
            Object value = literal.value();
            if (value == null) {
                nullCandidate = true;
            } else {
                values.add(value);
            }
        }
        Node value = build(in.value(), wrapped);
        ConstantSet set = new ConstantSet(in.value().type(), values, allocator);
        sets.add(set);
        return new InCondition(value, set, nullCandidate);
    }

    private Condition test(Call call, boolean wrapped) {
        RowExpression first = call.arguments().get(0);
        Optional<Comparison> comparison = comparison(call.function());
        if (comparison.isPresent()) {
            return new ComparisonCondition(
                    comparison.get(),
                    build(first, wrapped),
                    build(call.arguments().get(1), wrapped));
        }
        return switch (call.function()) {
            case "not" -> new NotCondition(condition(first, wrapped));
            case "is_not_null", "is_not_unknown" -> new NullCondition(build(first, wrapped));
            case "is_null", "is_unknown" ->
                    new NotCondition(new NullCondition(build(first, wrapped)));
            case "is_true" -> new TruthCondition(condition(first, wrapped), true);
            case "is_false" -> new TruthCondition(condition(first, wrapped), false);
            case "is_not_true" ->
                    new NotCondition(new TruthCondition(condition(first, wrapped), true));
            case "is_not_false" ->
                    new NotCondition(new TruthCondition(condition(first, wrapped), false));
            case "is_not_distinct_from" -> distinct(call, wrapped);
            case "is_distinct_from" -> new NotCondition(distinct(call, wrapped));
            default -> throw new IllegalStateException("Not a test: " + call.function());
        };
    }

    private Condition distinct(Call call, boolean wrapped) {
        return new DistinctCondition(
                build(call.arguments().get(0), wrapped), build(call.arguments().get(1), wrapped));
    }

    private Node node(RowExpression expression, boolean wrapped) {
        return switch (expression) {
            case InputRef ref -> new InputNode(ref.column(), ref.type());
            case Literal literal -> {
                ConstantNode constant =
                        new ConstantNode(literal.value(), literal.type(), allocator);
                constants.add(constant);
                yield constant;
            }
            case Parameter p -> throw new IllegalStateException("Unbound parameter: " + p.index());
            case And _, Or _, In _ -> rawCondition(expression, wrapped);
            case Call call -> call(call, wrapped);
            case Case c -> {
                List<Condition> conditions = new ArrayList<>();
                List<Node> results = new ArrayList<>();
                for (When when : c.branches()) {
                    conditions.add(condition(when.condition(), wrapped));
                    results.add(build(when.result(), wrapped));
                }
                yield new CaseNode(conditions, results, build(c.otherwise(), wrapped), c.type());
            }
            case Coalesce coalesce ->
                    new CoalesceNode(nodes(coalesce.values(), wrapped), coalesce.type());
            case Cast cast ->
                    new CallNode(
                            Casts.bind(
                                    cast.value().type(),
                                    cast.type(),
                                    cast.orNull(),
                                    settings.zoneId()),
                            List.of(build(cast.value(), wrapped)),
                            true,
                            true,
                            cast.type());
            case Member member ->
                    new MemberNode(build(member.struct(), wrapped), member.index(), member.type());
        };
    }

    private List<Node> nodes(List<RowExpression> expressions, boolean wrapped) {
        return expressions.stream().map(e -> build(e, wrapped)).toList();
    }

    private Node call(Call call, boolean wrapped) {
        List<Node> arguments = nodes(call.arguments(), wrapped);
        switch (call.function()) {
            case "greatest" -> {
                return new ExtremeNode(arguments, Comparison.GREATER_OR_EQUAL, call.type());
            }
            case "least" -> {
                return new ExtremeNode(arguments, Comparison.LESS_OR_EQUAL, call.type());
            }
            default -> {
                ScalarSignature signature = ScalarFunctions.find(call.function()).orElseThrow();
                ScalarImplementation implementation = ScalarImplementations.bind(site(call));
                return new CallNode(
                        implementation,
                        arguments,
                        signature.deterministic(),
                        signature.nullPropagating(),
                        call.type());
            }
        }
    }

    private FunctionSite site(Call call) {
        List<Type> types = call.arguments().stream().map(RowExpression::type).toList();
        List<Optional<FunctionSite.Constant>> constants =
                call.arguments().stream().map(NodeBuilder::constant).toList();
        return new FunctionSite(
                call.function(), types, call.type(), constants, settings.zoneId(), settings.now());
    }

    private static Optional<FunctionSite.Constant> constant(RowExpression expression) {
        return expression instanceof Literal literal
                ? Optional.of(new FunctionSite.Constant(literal.value()))
                : Optional.empty();
    }
}
