package io.neuralake.planner.write;

import io.neuralake.spi.change.TableAlteration;

import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/// Adds to a query of new rows what the table's definition asks: values of generated columns, and a
/// column that says which rule a row breaks.
final class RowRules {
    private final Target target;
    private final List<String> extras;
    private final boolean kept;
    private final List<Violation> violations = new ArrayList<>();
    private final List<Supplier<SqlNode>> conditions = new ArrayList<>();

    /// By index of generated columns: null where the rows never have a value for it, else a condition
    /// for which they have.
    private final Map<Integer, Given> given = new TreeMap<>();

    /// When rows have a value of their own for a generated column.
    ///
    /// @param extra column that tells; null for always
    record Given(@Nullable String extra) {}

    /// Prepares for rows.
    ///
    /// @param extras columns before those of the table
    RowRules(Target target, List<String> extras) {
        this.target = target;
        this.extras = List.copyOf(extras);
        this.kept = extras.contains(ChangeQuery.KEEP);
    }

    /// Notes that rows have values for a generated column, which must be right.
    void given(int column, Given when) {
        given.put(column, when);
    }

    /// Adds the rules of the columns that are written, and all conditions of the table.
    void addAll(java.util.Set<Integer> written) {
        String table = target.name().table();
        for (int i = 0; i < target.size(); i++) {
            int column = i;
            String name = target.field(i).name();
            if (!target.field(i).nullable() && (written.contains(i) || target.isGenerated(i))) {
                add(Violation.notNull(table, name), () -> Syntax.isNull(Syntax.name(name)));
            }
            Given when = given.get(i);
            if (when != null) {
                add(
                        Violation.generated(
                                table, name, String.valueOf(target.column(i).generatedAs())),
                        () -> differs(column, when));
            }
        }
        target.definition().checks().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(
                        check ->
                                add(
                                        Violation.check(table, check.getKey(), check.getValue()),
                                        () ->
                                                Syntax.isNotTrue(
                                                        SparkExpression.parse(check.getValue()))));
    }

    private SqlNode differs(int column, Given when) {
        SqlNode differs =
                Syntax.isDistinct(
                        Syntax.name(target.field(column).name()), target.generated(column));
        return when.extra() == null ? differs : Syntax.and(Syntax.name(when.extra()), differs);
    }

    /// Adds a rule.
    ///
    /// @param broken makes the condition that rows must not fulfil
    void add(Violation violation, Supplier<SqlNode> broken) {
        violations.add(violation);
        conditions.add(broken);
    }

    /// Puts the rules over a query of the extra columns and all columns of the table, in order and of
    /// the right types.
    ChangeQuery over(
            Supplier<SqlNode> rows, ChangeQuery.Shape shape, List<TableAlteration> alterations) {
        return new ChangeQuery(
                () -> checked(generated(rows.get())), shape, violations, alterations);
    }

    private SqlNode generated(SqlNode rows) {
        boolean none = true;
        for (int i = 0; i < target.size(); i++) {
            none &= !isComputed(i);
        }
        return none ? rows : level(rows, this::computed, null);
    }

    private boolean isComputed(int column) {
        Given when = given.get(column);
        return target.isGenerated(column) && (when == null || when.extra() != null);
    }

    private SqlNode computed(int column) {
        SqlNode plain = Syntax.name(target.field(column).name());
        Given when = given.get(column);
        if (!isComputed(column)) {
            return plain;
        }
        return when == null
                ? target.generated(column)
                : Syntax.when(
                        List.of(Syntax.name(java.util.Objects.requireNonNull(when.extra()))),
                        List.of(plain),
                        target.generated(column));
    }

    private SqlNode checked(SqlNode rows) {
        Function<Integer, SqlNode> plain = i -> Syntax.name(target.field(i).name());
        if (violations.isEmpty()) {
            return rows;
        }
        List<SqlNode> broken = new ArrayList<>();
        List<SqlNode> numbers = new ArrayList<>();
        if (kept) {
            broken.add(Syntax.not(Syntax.name(ChangeQuery.KEEP)));
            numbers.add(Syntax.nothing());
        }
        for (int i = 0; i < conditions.size(); i++) {
            broken.add(conditions.get(i).get());
            numbers.add(Syntax.number(i));
        }
        return level(rows, plain, Syntax.when(broken, numbers, Syntax.nothing()));
    }

    private SqlNode level(
            SqlNode rows, Function<Integer, SqlNode> column, @Nullable SqlNode violation) {
        boolean last = violation != null;
        List<SqlNode> items = new ArrayList<>();
        for (String extra : extras) {
            if (!(last && extra.startsWith("$given"))) {
                items.add(Syntax.as(Syntax.name(extra), extra));
            }
        }
        for (int i = 0; i < target.size(); i++) {
            items.add(Syntax.as(column.apply(i), target.field(i).name()));
        }
        if (violation != null) {
            items.add(Syntax.as(violation, ChangeQuery.VIOLATION));
        }
        return Syntax.select(items, Syntax.as(rows, target.name().table()), null);
    }
}
