package io.neuralake.planner.write;

import io.neuralake.planner.sql.ChangeStatement.DeleteAction;
import io.neuralake.planner.sql.ChangeStatement.InsertAction;
import io.neuralake.planner.sql.ChangeStatement.InsertAllAction;
import io.neuralake.planner.sql.ChangeStatement.MatchKind;
import io.neuralake.planner.sql.ChangeStatement.Merge;
import io.neuralake.planner.sql.ChangeStatement.MergeClause;
import io.neuralake.planner.sql.ChangeStatement.NothingAction;
import io.neuralake.planner.sql.ChangeStatement.UpdateAction;
import io.neuralake.planner.sql.ChangeStatement.UpdateAllAction;
import io.neuralake.planner.sql.Fragment;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.spi.change.ColumnDefinition;
import io.neuralake.spi.change.TableAlteration;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// Makes the query of a MERGE: one join of target and source, of the kind that the clauses need; a
/// number that says which clause acts on a row; and the columns of the new rows by that number.
final class MergeQuery {
    private static final String ACTION = "$action";
    private static final String CLAUSE = "$clause";
    private static final String PRESENT = "$present";

    private final Scope scope;
    private final Merge merge;
    private final String alias;
    private final String source;
    private final Target target;
    private final @Nullable Schema sourceColumns;
    private final int only;
    private @Nullable Schema seenSource;
    private final List<TableAlteration> alterations = new ArrayList<>();

    /// For each clause that makes rows the values of columns.
    private final Map<Integer, Map<Integer, Supplier<SqlNode>>> values = new TreeMap<>();

    private MergeQuery(Scope scope, Merge merge) {
        this.scope = scope;
        this.merge = merge;
        this.alias = ModifyQuery.alias(scope, merge.alias());
        this.source = name(merge.source());
        boolean all =
                merge.clauses().stream()
                        .anyMatch(
                                c ->
                                        c.action() instanceof UpdateAllAction
                                                || c.action() instanceof InsertAllAction);
        this.sourceColumns =
                all || merge.evolve()
                        ? scope.columns(
                                () ->
                                        Syntax.select(
                                                List.of(Syntax.star()),
                                                merge.source().from(),
                                                null))
                        : null;
        this.target = all && merge.evolve() ? evolved() : scope.target();
        this.only = only();
    }

    static ChangeQuery of(Scope scope, Merge merge) {
        return new MergeQuery(scope, merge).query();
    }

    private Target evolved() {
        Target old = scope.target();
        List<ColumnDefinition> columns = new ArrayList<>(old.definition().columns());
        for (Field field : java.util.Objects.requireNonNull(sourceColumns).fields()) {
            if (old.find(field.name()).isEmpty()) {
                ColumnDefinition column = ColumnDefinition.of(Field.of(field.name(), field.type()));
                columns.add(column);
                alterations.add(new TableAlteration.AddColumn(List.of(), column, null));
            }
        }
        return new Target(old.name(), InsertQuery.withColumns(old.definition(), columns));
    }

    /// Makes names without table those of the only side that there is for a kind of rows.
    private UnaryOperator<SqlNode> visible(MatchKind kind) {
        return switch (kind) {
            case MATCHED -> UnaryOperator.identity();
            case NOT_MATCHED_BY_SOURCE ->
                    new Qualification(alias, name -> target.find(name).isPresent())::of;
            case NOT_MATCHED ->
                    new Qualification(
                                    source,
                                    name -> !target.find(name).isEmpty() && isOfSource(name))
                            ::of;
        };
    }

    private boolean isOfSource(String name) {
        Schema schema = seenSource;
        if (schema == null) {
            schema =
                    scope.columns(
                            () ->
                                    Syntax.select(
                                            List.of(Syntax.star()), merge.source().from(), null));
            seenSource = schema;
        }
        return schema.indexOf(name).isPresent();
    }

    /// Returns what the source is called.
    private static String name(Fragment source) {
        SqlNode from = source.from();
        if (from.getKind() == SqlKind.AS) {
            return ((SqlCall) from).operand(1).toString();
        }
        if (from instanceof SqlIdentifier id && id.names.getLast().indexOf('\0') < 0) {
            return id.names.getLast();
        }
        if (from.getKind() == SqlKind.TABLE_REF
                && ((SqlCall) from).operand(0) instanceof SqlIdentifier id) {
            return id.names.getLast();
        }
        throw new NeuralakeException(
                ErrorCode.SYNTAX_ERROR,
                "The source of MERGE needs an alias: USING (...) AS s",
                source.position(),
                null);
    }

    private ChangeQuery query() {
        List<MergeClause> clauses = merge.clauses();
        List<String> extras = new ArrayList<>(scope.address());
        extras.add(ChangeQuery.KEEP);
        for (int i = 0; i < clauses.size(); i++) {
            addValues(i, clauses.get(i));
        }
        TreeSet<Integer> written = new TreeSet<>();
        TreeMap<Integer, List<Integer>> given = new TreeMap<>();
        values.forEach(
                (clause, columns) -> {
                    boolean insert = clauses.get(clause).match() == MatchKind.NOT_MATCHED;
                    for (int i = 0; i < target.size(); i++) {
                        if (insert || columns.containsKey(i)) {
                            written.add(i);
                        }
                        if (target.isGenerated(i) && columns.containsKey(i)) {
                            given.computeIfAbsent(i, _ -> new ArrayList<>()).add(clause);
                        }
                    }
                });
        given.keySet().forEach(column -> extras.add("$given" + column));
        RowRules rules = new RowRules(target, extras);
        given.keySet().forEach(c -> rules.given(c, new RowRules.Given("$given" + c)));
        rules.addAll(written);
        return rules.over(
                () -> rows(given),
                new ChangeQuery.Shape(scope.address().size(), true, target.size(), true),
                alterations);
    }

    private void addValues(int index, MergeClause clause) {
        switch (clause.action()) {
            case UpdateAction update ->
                    values.put(
                            index,
                            Assignments.of(target, alias, update.sets(), visible(clause.match())));
            case UpdateAllAction _ -> values.put(index, allColumns(false));
            case InsertAllAction _ -> values.put(index, allColumns(true));
            case InsertAction insert -> values.put(index, inserted(insert));
            case DeleteAction _, NothingAction _ -> {}
        }
    }

    /// Gives columns those of the source with the same names.
    private Map<Integer, Supplier<SqlNode>> allColumns(boolean insert) {
        Schema schema = java.util.Objects.requireNonNull(sourceColumns);
        Map<Integer, Supplier<SqlNode>> all = new HashMap<>();
        for (int i = 0; i < target.size(); i++) {
            int column = i;
            String name = target.field(i).name();
            var found = schema.indexOf(name);
            if (found.isPresent()) {
                String sourceName = schema.field(found.getAsInt()).name();
                all.put(i, () -> target.assign(column, Syntax.name(source, sourceName)));
            } else if (!merge.evolve()
                    && !target.isGenerated(i)
                    && !(insert && target.column(i).defaultValue() != null)) {
                throw new NeuralakeException(
                        ErrorCode.COLUMN_NOT_FOUND,
                        "Column not found in the source of MERGE: "
                                + name
                                + "; spell out the columns, or add WITH SCHEMA EVOLUTION");
            }
        }
        return all;
    }

    private Map<Integer, Supplier<SqlNode>> inserted(InsertAction insert) {
        List<TableName> columns = insert.columns();
        int count = columns.isEmpty() ? target.size() : columns.size();
        if (insert.values().size() != count) {
            throw new NeuralakeException(
                    ErrorCode.SYNTAX_ERROR,
                    "INSERT has another number of values than columns: "
                            + insert.values().size()
                            + " for "
                            + count,
                    insert.values().getFirst().position(),
                    null);
        }
        Map<Integer, Supplier<SqlNode>> inserted = new HashMap<>();
        java.util.Set<Integer> seen = new java.util.HashSet<>();
        for (int i = 0; i < count; i++) {
            int column = columns.isEmpty() ? i : target.column(columns.get(i), alias);
            Fragment value = insert.values().get(i);
            if (!seen.add(column)) {
                throw new NeuralakeException(
                        ErrorCode.DUPLICATE_NAME,
                        "Column is named twice: " + columns.get(i),
                        columns.get(i).position(),
                        null);
            }
            if (!value.isDefault()) {
                inserted.put(
                        column,
                        () ->
                                target.assign(
                                        column,
                                        visible(MatchKind.NOT_MATCHED).apply(value.expression())));
            }
        }
        return inserted;
    }

    /// Makes the rows: address, whether a new one comes, its columns.
    private SqlNode rows(Map<Integer, List<Integer>> given) {
        List<SqlNode> items = new ArrayList<>();
        boolean withTarget = reads(MatchKind.MATCHED) || reads(MatchKind.NOT_MATCHED_BY_SOURCE);
        if (withTarget) {
            items.addAll(ModifyQuery.address(scope, alias));
        } else {
            for (String column : scope.address()) {
                String type = column.equals(ChangeQuery.FILE) ? "INTEGER" : "BIGINT";
                items.add(Syntax.as(typedNull(type), column));
            }
        }
        items.add(Syntax.as(acts(new ArrayList<>(values.keySet())), ChangeQuery.KEEP));
        given.forEach((column, clauses) -> items.add(Syntax.as(acts(clauses), "$given" + column)));
        for (int i = 0; i < target.size(); i++) {
            items.add(Syntax.as(column(i), target.field(i).name()));
        }
        if (only >= 0) {
            return Syntax.select(items, join(), null);
        }
        SqlNode action =
                Syntax.as(Syntax.select(List.of(Syntax.as(action(), CLAUSE)), null, null), ACTION);
        SqlNode from = Syntax.join(join(), JoinType.CROSS, Syntax.lateral(action), null);
        return Syntax.select(
                items, from, Syntax.greater(Syntax.name(ACTION, CLAUSE), Syntax.number(0)));
    }

    private static SqlNode typedNull(String type) {
        return Fragment.of("CAST(NULL AS " + type + ")").expression();
    }

    /// Returns the one clause that acts on all rows of the join; -1 if that depends on the row.
    private int only() {
        int found = -1;
        int kinds = 0;
        for (MatchKind kind : MatchKind.values()) {
            kinds += reads(kind) ? 1 : 0;
        }
        for (int i = 0; kinds == 1 && found < 0 && i < merge.clauses().size(); i++) {
            MergeClause clause = merge.clauses().get(i);
            if (reads(clause.match())) {
                found = i;
            }
        }
        boolean all =
                found >= 0
                        && merge.clauses().get(found).condition() == null
                        && !(merge.clauses().get(found).action() instanceof NothingAction);
        return all ? found : -1;
    }

    private SqlNode acts(List<Integer> clauses) {
        if (only >= 0) {
            return Syntax.truth(clauses.contains(only));
        }
        return clauses.isEmpty()
                ? Syntax.truth(false)
                : Syntax.isOneOf(
                        Syntax.name(ACTION, CLAUSE), clauses.stream().map(c -> c + 1).toList());
    }

    private SqlNode column(int column) {
        Map<Integer, Supplier<SqlNode>> single = only < 0 ? null : values.get(only);
        if (single != null) {
            Supplier<SqlNode> value = single.get(column);
            return value == null ? untouched(only, column) : value.get();
        }
        List<SqlNode> conditions = new ArrayList<>();
        List<SqlNode> results = new ArrayList<>();
        values.forEach(
                (clause, columns) -> {
                    conditions.add(acts(List.of(clause)));
                    Supplier<SqlNode> value = columns.get(column);
                    results.add(value == null ? untouched(clause, column) : value.get());
                });
        SqlNode none = target.assign(column, Syntax.nothing());
        return conditions.isEmpty() ? none : Syntax.when(conditions, results, none);
    }

    /// Returns what a column has that a clause says nothing of.
    private SqlNode untouched(int clause, int column) {
        if (merge.clauses().get(clause).match() == MatchKind.NOT_MATCHED) {
            return target.isGenerated(column)
                    ? target.assign(column, Syntax.nothing())
                    : target.defaultValue(column);
        }
        boolean added = column >= scope.target().size();
        return added
                ? target.assign(column, Syntax.nothing())
                : Syntax.name(alias, target.field(column).name());
    }

    /// Returns the number of the clause that acts on a row, from 1; 0 for none.
    private SqlNode action() {
        List<SqlNode> conditions = new ArrayList<>();
        List<SqlNode> results = new ArrayList<>();
        SqlNode targetThere = Syntax.isNotNull(Syntax.name(alias, ChangeQuery.ROW));
        if (reads(MatchKind.MATCHED)) {
            conditions.add(Syntax.and(targetThere, Syntax.isNotNull(Syntax.name(source, PRESENT))));
            results.add(first(MatchKind.MATCHED));
        }
        if (reads(MatchKind.NOT_MATCHED)) {
            boolean alone = !reads(MatchKind.MATCHED) && !reads(MatchKind.NOT_MATCHED_BY_SOURCE);
            conditions.add(
                    alone
                            ? Syntax.truth(true)
                            : Syntax.isNull(Syntax.name(alias, ChangeQuery.ROW)));
            results.add(first(MatchKind.NOT_MATCHED));
        }
        if (reads(MatchKind.NOT_MATCHED_BY_SOURCE)) {
            conditions.add(
                    onlyBySource()
                            ? Syntax.truth(true)
                            : Syntax.isNull(Syntax.name(source, PRESENT)));
            results.add(first(MatchKind.NOT_MATCHED_BY_SOURCE));
        }
        return conditions.isEmpty()
                ? Syntax.number(0)
                : Syntax.when(conditions, results, Syntax.number(0));
    }

    private SqlNode first(MatchKind kind) {
        List<SqlNode> conditions = new ArrayList<>();
        List<SqlNode> results = new ArrayList<>();
        SqlNode otherwise = Syntax.number(0);
        for (int i = 0; i < merge.clauses().size(); i++) {
            MergeClause clause = merge.clauses().get(i);
            if (clause.match() == kind) {
                SqlNode number =
                        Syntax.number(clause.action() instanceof NothingAction ? 0 : i + 1);
                if (clause.condition() == null) {
                    otherwise = number;
                    break;
                }
                conditions.add(visible(kind).apply(clause.condition().expression()));
                results.add(number);
            }
        }
        return conditions.isEmpty() ? otherwise : Syntax.when(conditions, results, otherwise);
    }

    /// Tells whether rows of a kind can be acted on.
    private boolean reads(MatchKind kind) {
        return merge.clauses().stream()
                .anyMatch(c -> c.match() == kind && !(c.action() instanceof NothingAction));
    }

    private boolean onlyBySource() {
        return !reads(MatchKind.MATCHED) && !reads(MatchKind.NOT_MATCHED);
    }

    private SqlNode join() {
        SqlNode condition = merge.condition().expression();
        SqlNode rows = scope.addressed(alias);
        if (!reads(MatchKind.MATCHED)) {
            if (!reads(MatchKind.NOT_MATCHED_BY_SOURCE)) {
                return Syntax.join(present(), JoinType.LEFT_ANTI_JOIN, rows, condition);
            }
            if (!reads(MatchKind.NOT_MATCHED)) {
                return Syntax.join(rows, JoinType.LEFT_ANTI_JOIN, present(), condition);
            }
        }
        boolean insert = reads(MatchKind.NOT_MATCHED);
        boolean bySource = reads(MatchKind.NOT_MATCHED_BY_SOURCE);
        if (insert && !bySource) {
            return Syntax.join(present(), JoinType.LEFT, rows, condition);
        }
        JoinType type = insert ? JoinType.FULL : bySource ? JoinType.LEFT : JoinType.INNER;
        return Syntax.join(rows, type, present(), condition);
    }

    /// Returns the source with a column that is not null where there is a row.
    private SqlNode present() {
        return Syntax.as(
                Syntax.select(
                        List.of(Syntax.star(), Syntax.as(Syntax.truth(true), PRESENT)),
                        merge.source().from(),
                        null),
                source);
    }
}
