package io.neuralake.planner.write;

import io.neuralake.planner.sql.ChangeStatement.Delete;
import io.neuralake.planner.sql.ChangeStatement.Update;
import io.neuralake.planner.sql.Fragment;

import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// Makes the queries of DELETE and UPDATE.
final class ModifyQuery {
    private ModifyQuery() {}

    static ChangeQuery of(Scope scope, Delete delete) {
        String alias = alias(scope, delete.alias());
        Supplier<SqlNode> tree =
                () ->
                        Syntax.select(
                                address(scope, alias),
                                from(scope, alias, delete.using()),
                                condition(delete.where()));
        return new ChangeQuery(
                tree,
                new ChangeQuery.Shape(scope.address().size(), false, 0, false),
                List.of(),
                List.of());
    }

    /// Makes the query of the rows for which a condition holds.
    static ChangeQuery matching(Scope scope, Fragment where) {
        return of(
                scope,
                new Delete(
                        new io.neuralake.planner.sql.Statement.TableName(
                                List.of(scope.target().name().table()), where.position()),
                        null,
                        null,
                        where));
    }

    static ChangeQuery of(Scope scope, Update update) {
        Target target = scope.target();
        String alias = alias(scope, update.alias());
        Map<Integer, Supplier<SqlNode>> values =
                Assignments.of(target, alias, update.sets(), UnaryOperator.identity());
        RowRules rules = new RowRules(target, scope.address());
        values.keySet().stream()
                .filter(target::isGenerated)
                .forEach(column -> rules.given(column, new RowRules.Given(null)));
        rules.addAll(new TreeSet<>(values.keySet()));
        Supplier<SqlNode> tree =
                () -> {
                    List<SqlNode> items = address(scope, alias);
                    for (int i = 0; i < target.size(); i++) {
                        String name = target.field(i).name();
                        Supplier<SqlNode> value = values.get(i);
                        items.add(
                                Syntax.as(
                                        value == null ? Syntax.name(alias, name) : value.get(),
                                        name));
                    }
                    return Syntax.select(
                            items, from(scope, alias, update.from()), condition(update.where()));
                };
        return rules.over(
                tree,
                new ChangeQuery.Shape(scope.address().size(), false, target.size(), true),
                List.of());
    }

    static String alias(Scope scope, @Nullable String alias) {
        return alias == null ? scope.target().name().table() : alias;
    }

    static List<SqlNode> address(Scope scope, String alias) {
        List<SqlNode> items = new ArrayList<>();
        for (String column : scope.address()) {
            items.add(Syntax.as(Syntax.name(alias, column), column));
        }
        return items;
    }

    private static SqlNode from(Scope scope, String alias, @Nullable Fragment others) {
        SqlNode target = scope.addressed(alias);
        return others == null ? target : Syntax.join(target, JoinType.COMMA, others.from(), null);
    }

    private static @Nullable SqlNode condition(@Nullable Fragment where) {
        return where == null ? null : where.expression();
    }
}
