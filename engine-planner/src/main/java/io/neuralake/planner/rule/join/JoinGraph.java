package io.neuralake.planner.rule.join;

import io.neuralake.planner.rule.Expressions;

import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Relations and the conditions among them, free of any order. Columns of all factors are numbered
/// through. Equalities of columns of inner factors are held as classes of equal columns.
final class JoinGraph {
    /// A condition that reads several factors and is no equality of columns.
    record Condition(RexNode expression, long factors) {}

    private final List<JoinFactor> factors;
    private final List<Condition> conditions;
    private final List<List<Integer>> classes;
    private final int[] owners;
    private final int[] classOf;
    private final long[] neighbours;

    JoinGraph(List<JoinFactor> factors, List<Condition> conditions, List<List<Integer>> classes) {
        this.factors = List.copyOf(factors);
        this.conditions = List.copyOf(conditions);
        this.classes = classes.stream().map(List::copyOf).toList();
        this.owners = owners(factors);
        this.classOf = new int[owners.length];
        Arrays.fill(classOf, -1);
        for (int i = 0; i < classes.size(); i++) {
            for (int column : classes.get(i)) {
                classOf[column] = i;
            }
        }
        this.neighbours = new long[factors.size()];
    }

    static int[] owners(List<JoinFactor> factors) {
        JoinFactor last = factors.getLast();
        int[] owners = new int[last.offset() + last.columns()];
        for (JoinFactor factor : factors) {
            Arrays.fill(
                    owners, factor.offset(), factor.offset() + factor.columns(), factor.index());
        }
        return owners;
    }

    List<JoinFactor> factors() {
        return factors;
    }

    JoinFactor factor(int index) {
        return factors.get(index);
    }

    List<Condition> conditions() {
        return conditions;
    }

    List<List<Integer>> classes() {
        return classes;
    }

    int owner(int column) {
        return owners[column];
    }

    /// Returns the class of equal columns that a column is in; -1 for none.
    int classOf(int column) {
        return classOf[column];
    }

    int columns() {
        return owners.length;
    }

    long all() {
        return factors.size() == Long.SIZE ? -1 : (1L << factors.size()) - 1;
    }

    /// Returns the factors of a single bit set.
    JoinFactor only(long set) {
        return factors.get(Long.numberOfTrailingZeros(set));
    }

    /// Returns the factors that an expression reads, with those that must come before satellites.
    long factorsOf(RexNode expression) {
        return factorsOf(expression, factors, owners);
    }

    static long factorsOf(RexNode expression, List<JoinFactor> factors, int[] owners) {
        long set = 0;
        for (int column : Expressions.columns(expression)) {
            JoinFactor factor = factors.get(owners[column]);
            set |= factor.bit() | factor.required();
        }
        return set;
    }

    /// Connects what the conditions connect, and what is left over by cross products of the smallest
    /// relations. Needs the factors' estimates.
    void connect() {
        connectClasses();
        for (JoinFactor factor : factors) {
            if (!factor.isInner()) {
                for (JoinFactor other : factors) {
                    if ((factor.required() & other.bit()) != 0) {
                        connect(factor.index(), other.index());
                    }
                }
            }
        }
        for (Condition condition : conditions) {
            boolean isEquality = condition.expression.getKind() == SqlKind.EQUALS;
            boolean isSplit = (condition.factors & ~component(first(condition.factors))) != 0;
            if (Long.bitCount(condition.factors) > 1 && (isEquality || isSplit)) {
                connectAll(condition.factors);
            }
        }
        connectComponents();
    }

    private static int first(long set) {
        return Long.numberOfTrailingZeros(set) % Long.SIZE;
    }

    private void connectClasses() {
        for (List<Integer> equal : classes) {
            for (int a : equal) {
                for (int b : equal) {
                    if (owners[a] != owners[b]) {
                        connect(owners[a], owners[b]);
                    }
                }
            }
        }
    }

    private void connect(int a, int b) {
        neighbours[a] |= 1L << b;
        neighbours[b] |= 1L << a;
    }

    private void connectAll(long set) {
        int hub = first(set);
        for (JoinFactor factor : factors) {
            if ((set & factor.bit()) != 0 && factor.index() != hub) {
                connect(hub, factor.index());
            }
        }
    }

    private void connectComponents() {
        long connected = component(0);
        while (connected != all()) {
            connect(smallest(connected), smallest(all() & ~connected));
            connected = component(0);
        }
    }

    private int smallest(long set) {
        JoinFactor result = only(set);
        for (JoinFactor factor : factors) {
            boolean better =
                    result.isInner() == factor.isInner()
                            ? factor.estimate().rows() < result.estimate().rows()
                            : factor.isInner();
            if ((set & factor.bit()) != 0 && better) {
                result = factor;
            }
        }
        return result.index();
    }

    private long component(int start) {
        long reached = 1L << start;
        long before = 0;
        while (reached != before) {
            before = reached;
            reached |= neighbours(reached);
        }
        return reached;
    }

    /// Returns the factors next to a set of factors.
    long neighbours(long set) {
        long result = 0;
        for (long rest = set; rest != 0; rest &= rest - 1) {
            result |= neighbours[Long.numberOfTrailingZeros(rest)];
        }
        return result & ~set;
    }

    /// Tells whether all satellites of a set have what they need in it.
    boolean isComplete(long set) {
        if (Long.bitCount(set) == 1) {
            return only(set).isInner();
        }
        for (JoinFactor factor : factors) {
            if ((set & factor.bit()) != 0 && (factor.required() & ~set) != 0) {
                return false;
            }
        }
        return true;
    }

    /// Returns the conditions that can be checked once two sets are joined, and no earlier.
    List<RexNode> conditionsOf(long left, long right) {
        List<RexNode> result = new ArrayList<>();
        for (Condition condition : conditions) {
            long needed = condition.factors;
            if ((needed & ~(left | right)) == 0
                    && (needed & ~left) != 0
                    && (needed & ~right) != 0) {
                result.add(condition.expression);
            }
        }
        return result;
    }
}
