package io.neuralake.planner.rule.join;

import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.planner.rule.Expressions;

import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Sorts the conditions of a flattened join: those on one factor are pushed into it, equalities
/// become classes of equal columns along which conditions on single columns travel, disjunctions
/// yield conditions on single factors, and the rest waits for the factors that it reads.
final class JoinGraphAnalysis {
    private final List<JoinFactor> factors;
    private final int[] owners;
    private final RexBuilder rexBuilder;
    private final RelNode root;
    private final int[] parents;
    private final Set<RexNode> pending = new LinkedHashSet<>();
    private final List<JoinGraph.Condition> conditions = new ArrayList<>();

    private JoinGraphAnalysis(RelNode root, List<JoinFactor> factors) {
        this.root = root;
        this.rexBuilder = root.getCluster().getRexBuilder();
        this.factors = factors;
        this.owners = JoinGraph.owners(factors);
        this.parents = new int[owners.length];
        for (int i = 0; i < parents.length; i++) {
            parents[i] = i;
        }
    }

    static JoinGraph analyze(RelNode root, List<JoinFactor> factors, List<RexNode> predicates) {
        JoinGraphAnalysis analysis = new JoinGraphAnalysis(root, factors);
        analysis.satellites(predicates);
        analysis.fromDisjunctions();
        analysis.distribute();
        List<List<Integer>> classes = analysis.classes();
        analysis.propagate(classes);
        return new JoinGraph(analysis.factors, analysis.conditions, classes);
    }

    private void satellites(List<RexNode> predicates) {
        pending.addAll(predicates);
        for (JoinFactor factor : factors) {
            if (!factor.isInner()) {
                satellite(factor);
            }
        }
    }

    /// Pushes what a satellite's condition says of one side only, where the type of join lets it, and
    /// finds out what it needs.
    private void satellite(JoinFactor factor) {
        List<RexNode> kept = new ArrayList<>();
        long required = 0;
        for (RexNode conjunct : io.neuralake.planner.rule.Conjuncts.of(factor.condition(), root)) {
            long read = JoinGraph.factorsOf(conjunct, factors, owners) & ~factor.required();
            if (read == factor.bit() && filtersRight(factor.type())) {
                factor.pushed().add(RexUtil.shift(conjunct, -factor.offset()));
            } else if (factor.type() == JoinType.SEMI && (read & factor.bit()) == 0) {
                pending.add(conjunct);
            } else {
                kept.add(conjunct);
                required |= read & ~factor.bit();
            }
        }
        factor.setCondition(Expressions.conjunction(root, kept));
        if (required == 0) {
            required = factor.bit() - 1;
        }
        long complete = required;
        for (JoinFactor other : factors) {
            if ((required & other.bit()) != 0) {
                complete |= other.required();
            }
        }
        factor.setRequired(complete);
    }

    /// Tells whether a condition on the right side alone can filter it before the join.
    private static boolean filtersRight(JoinType type) {
        return switch (type) {
            case LEFT, SEMI, ANTI, MARK, SINGLE -> true;
            default -> false;
        };
    }

    /// Derives, from a disjunction over several factors, conditions on single ones.
    private void fromDisjunctions() {
        List<RexNode> derived = new ArrayList<>();
        for (RexNode predicate : pending) {
            if (predicate.getKind() == SqlKind.OR
                    && Long.bitCount(JoinGraph.factorsOf(predicate, factors, owners)) > 1) {
                for (JoinFactor factor : factors) {
                    if (factor.isInner()) {
                        derive(predicate, factor, derived);
                    }
                }
            }
        }
        pending.addAll(derived);
    }

    private void derive(RexNode disjunction, JoinFactor factor, List<RexNode> derived) {
        List<RexNode> parts = new ArrayList<>();
        for (RexNode part : RelOptUtil.disjunctions(disjunction)) {
            List<RexNode> own = new ArrayList<>();
            for (RexNode conjunct : RelOptUtil.conjunctions(part)) {
                if (JoinGraph.factorsOf(conjunct, factors, owners) == factor.bit()) {
                    own.add(conjunct);
                }
            }
            if (own.isEmpty()) {
                return;
            }
            parts.add(Expressions.conjunction(root, own));
        }
        derived.add(RexUtil.composeDisjunction(rexBuilder, new LinkedHashSet<>(parts)));
    }

    private void distribute() {
        for (RexNode predicate : pending) {
            long read = JoinGraph.factorsOf(predicate, factors, owners);
            if (Long.bitCount(read) == 1 && isPushable(read)) {
                JoinFactor factor = factors.get(Long.numberOfTrailingZeros(read));
                factor.pushed().add(RexUtil.shift(predicate, -factor.offset()));
            } else if (!unite(predicate)) {
                conditions.add(new JoinGraph.Condition(predicate, read == 0 ? 1 : read));
            }
        }
    }

    private boolean isPushable(long read) {
        return factors.get(Long.numberOfTrailingZeros(read)).isInner();
    }

    /// Notes an equality of columns of inner factors and of one type.
    private boolean unite(RexNode predicate) {
        if (predicate.getKind() != SqlKind.EQUALS) {
            return false;
        }
        RexNode left = Expressions.stripNullability(((RexCall) predicate).getOperands().get(0));
        RexNode right = Expressions.stripNullability(((RexCall) predicate).getOperands().get(1));
        if (left instanceof RexInputRef a
                && right instanceof RexInputRef b
                && factors.get(owners[a.getIndex()]).isInner()
                && factors.get(owners[b.getIndex()]).isInner()
                && Expressions.sameType(a, b, root)) {
            parents[find(a.getIndex())] = find(b.getIndex());
            return true;
        }
        return false;
    }

    private int find(int column) {
        int result = column;
        while (parents[result] != result) {
            parents[result] = parents[parents[result]];
            result = parents[result];
        }
        return result;
    }

    private List<List<Integer>> classes() {
        Map<Integer, List<Integer>> groups = new LinkedHashMap<>();
        for (int i = 0; i < parents.length; i++) {
            groups.computeIfAbsent(find(i), g -> new ArrayList<>()).add(i);
        }
        List<List<Integer>> result = new ArrayList<>();
        for (List<Integer> group : groups.values()) {
            if (group.size() > 1) {
                result.add(group);
                withinFactors(group);
            }
        }
        return result;
    }

    /// Equalities of columns of one factor are its own filter.
    private void withinFactors(List<Integer> group) {
        Map<Integer, Integer> first = new LinkedHashMap<>();
        for (int column : group) {
            JoinFactor factor = factors.get(owners[column]);
            Integer other = first.putIfAbsent(factor.index(), column);
            if (other != null) {
                factor.pushed()
                        .add(
                                rexBuilder.makeCall(
                                        org.apache.calcite.sql.fun.SqlStdOperatorTable.EQUALS,
                                        Expressions.reference(
                                                factor.rel(), other - factor.offset()),
                                        Expressions.reference(
                                                factor.rel(), column - factor.offset())));
            }
        }
    }

    /// Lets conditions on one column hold for all equal columns, those of satellites' keys included.
    private void propagate(List<List<Integer>> classes) {
        for (JoinFactor factor : factors) {
            if (!factor.isInner()) {
                continue;
            }
            for (RexNode condition : List.copyOf(factor.pushed())) {
                var read = Expressions.columns(condition);
                if (read.cardinality() == 1 && isCopyable(condition)) {
                    int column = factor.offset() + read.nth(0);
                    for (int equal : equalColumns(classes, column)) {
                        copy(condition, factor, equal);
                    }
                }
            }
        }
        factors.forEach(
                factor -> {
                    Set<RexNode> distinct = new LinkedHashSet<>(factor.pushed());
                    factor.pushed().clear();
                    factor.pushed().addAll(distinct);
                });
    }

    private static boolean isCopyable(RexNode condition) {
        return condition.isA(SqlKind.COMPARISON) || condition.getKind() == SqlKind.SEARCH;
    }

    private Set<Integer> equalColumns(List<List<Integer>> classes, int column) {
        Set<Integer> result = new HashSet<>();
        result.add(column);
        for (List<Integer> group : classes) {
            if (group.contains(column)) {
                result.addAll(group);
            }
        }
        Set<Integer> more = new LinkedHashSet<>(result);
        for (JoinFactor satellite : factors) {
            if (!satellite.isInner() && filtersRight(satellite.type())) {
                satelliteKeys(satellite, result, more);
            }
        }
        return more;
    }

    private static void satelliteKeys(JoinFactor satellite, Set<Integer> equal, Set<Integer> more) {
        for (RexNode conjunct : RelOptUtil.conjunctions(satellite.condition())) {
            if (conjunct.getKind() == SqlKind.EQUALS) {
                RexNode left = ((RexCall) conjunct).getOperands().get(0);
                RexNode right = ((RexCall) conjunct).getOperands().get(1);
                int a = Expressions.plainColumn(left);
                int b = Expressions.plainColumn(right);
                if (a >= 0
                        && b >= 0
                        && left.getType().getSqlTypeName() == right.getType().getSqlTypeName()) {
                    if (equal.contains(a) && b >= satellite.offset()) {
                        more.add(b);
                    } else if (equal.contains(b) && a >= satellite.offset()) {
                        more.add(a);
                    }
                }
            }
        }
    }

    private void copy(RexNode condition, JoinFactor from, int column) {
        JoinFactor to = factors.get(owners[column]);
        if (to == from || column >= to.offset() + to.width()) {
            return;
        }
        RexNode target = Expressions.reference(to.rel(), column - to.offset());
        to.pushed()
                .add(
                        condition.accept(
                                new RexShuttle() {
                                    @Override
                                    public RexNode visitInputRef(RexInputRef reference) {
                                        return target;
                                    }
                                }));
    }
}
