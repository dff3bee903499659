package io.neuralake.planner.write;

import io.neuralake.exec.QueryResult;
import io.neuralake.planner.SqlSession;
import io.neuralake.planner.catalog.StatementTables;
import io.neuralake.planner.sql.DefinitionStatement.AddCheck;
import io.neuralake.planner.sql.DefinitionStatement.AddColumn;
import io.neuralake.planner.sql.DefinitionStatement.AlterAction;
import io.neuralake.planner.sql.DefinitionStatement.AlterTable;
import io.neuralake.planner.sql.DefinitionStatement.ClusterBy;
import io.neuralake.planner.sql.DefinitionStatement.ColumnSpec;
import io.neuralake.planner.sql.DefinitionStatement.DropCheck;
import io.neuralake.planner.sql.DefinitionStatement.DropColumn;
import io.neuralake.planner.sql.DefinitionStatement.RenameColumn;
import io.neuralake.planner.sql.DefinitionStatement.SetComment;
import io.neuralake.planner.sql.DefinitionStatement.SetDefault;
import io.neuralake.planner.sql.DefinitionStatement.SetNullable;
import io.neuralake.planner.sql.DefinitionStatement.SetProperties;
import io.neuralake.planner.sql.DefinitionStatement.SetType;
import io.neuralake.planner.sql.DefinitionStatement.UnsetProperties;
import io.neuralake.planner.sql.Fragment;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.planner.write.Planning.Planned;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.change.ChangeInfo;
import io.neuralake.spi.change.ChangeOperation;
import io.neuralake.spi.change.ColumnDefinition;
import io.neuralake.spi.change.TableAlteration;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.calcite.sql.SqlNode;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Runs ALTER TABLE and COMMENT ON: all actions of a statement in one commit.
final class AlterTables {
    private final Planning planning;
    private final ChangeRunner runner;

    AlterTables(Planning planning, ChangeRunner runner) {
        this.planning = planning;
        this.runner = runner;
    }

    void alter(AlterTable alter, String sql, SqlSession session) {
        if (alter.ifExists() && !exists(alter.table(), session)) {
            return;
        }
        ChangeInfo info = new ChangeInfo(ChangeOperation.ALTER, Map.of(), session.user());
        runner.run(
                alter.table(),
                info,
                session,
                (target, change, tables) -> {
                    Scope scope = new Scope(planning, session, tables, target, sql);
                    for (AlterAction action : alter.actions()) {
                        apply(action, scope, change);
                    }
                    return 0;
                });
    }

    private boolean exists(TableName table, SqlSession session) {
        try {
            runner.find(table, session);
            return true;
        } catch (NeuralakeException e) {
            if (e.code() == ErrorCode.TABLE_NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    private void apply(AlterAction action, Scope scope, TableChange change) {
        switch (action) {
            case AddColumn add -> change.alter(added(add, scope));
            case DropColumn drop -> {
                if (!drop.ifExists()
                        || scope.target().find(drop.column().parts().getFirst()).isPresent()) {
                    change.alter(new TableAlteration.DropColumn(path(drop.column(), scope)));
                }
            }
            case RenameColumn rename ->
                    change.alter(
                            new TableAlteration.RenameColumn(
                                    path(rename.column(), scope), rename.name()));
            case SetType set ->
                    change.alter(
                            new TableAlteration.SetType(
                                    path(set.column(), scope), types(scope).type(set.type())));
            case SetNullable set -> nullable(set, scope, change);
            case SetDefault set -> change.alter(defaultOf(set, scope));
            case SetComment set -> {
                TableName column = set.column();
                change.alter(
                        new TableAlteration.SetComment(
                                column == null ? List.of() : path(column, scope), set.comment()));
            }
            case AddCheck add -> check(add, scope, change);
            case DropCheck drop ->
                    change.alter(new TableAlteration.DropCheck(drop.name(), !drop.ifExists()));
            case SetProperties set ->
                    change.alter(new TableAlteration.SetProperties(set.properties()));
            case UnsetProperties unset ->
                    change.alter(
                            new TableAlteration.UnsetProperties(unset.names(), !unset.ifExists()));
            case ClusterBy cluster ->
                    change.alter(
                            new TableAlteration.ClusterBy(
                                    ColumnTypes.names(scope.target(), cluster.columns())));
        }
    }

    private ColumnTypes types(Scope scope) {
        return new ColumnTypes(planning, scope.session());
    }

    private TableAlteration added(AddColumn add, Scope scope) {
        ColumnSpec spec = add.column();
        ColumnDefinition column = types(scope).column(spec);
        if (spec.notNull() || spec.generatedAs() != null) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "A column that is added later cannot be NOT NULL or generated: " + spec.name(),
                    spec.name().position(),
                    null);
        }
        List<String> parts = spec.name().parts();
        List<String> parent =
                parts.size() == 1
                        ? List.of()
                        : path(
                                new TableName(
                                        parts.subList(0, parts.size() - 1), spec.name().position()),
                                scope);
        return new TableAlteration.AddColumn(parent, column, add.after());
    }

    /// Returns a column's path, its first part as the table spells it. Throws COLUMN_NOT_FOUND.
    private static List<String> path(TableName typed, Scope scope) {
        List<String> parts = typed.parts();
        TableName first = new TableName(parts.subList(0, 1), typed.position());
        List<String> path =
                new java.util.ArrayList<>(ColumnTypes.names(scope.target(), List.of(first)));
        path.addAll(parts.subList(1, parts.size()));
        return path;
    }

    private void nullable(SetNullable set, Scope scope, TableChange change) {
        List<String> path = path(set.column(), scope);
        if (!set.nullable()) {
            Supplier<SqlNode> isNull =
                    () -> Syntax.isNull(Syntax.name(path.toArray(String[]::new)));
            if (path.size() > 1) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED,
                        "NOT NULL of members of structs is not supported: " + set.column(),
                        set.column().position(),
                        null);
            }
            if (anyRow(change.snapshot(), isNull, scope)) {
                throw new NeuralakeException(
                        ErrorCode.NOT_NULL_VIOLATION,
                        "Column holds nulls: " + set.column(),
                        set.column().position(),
                        null);
            }
        }
        change.alter(new TableAlteration.SetNullable(path, set.nullable()));
    }

    private TableAlteration defaultOf(SetDefault set, Scope scope) {
        List<String> path = path(set.column(), scope);
        Fragment value = set.value();
        if (value == null) {
            return new TableAlteration.SetDefault(path, null);
        }
        int column = scope.target().find(path.getFirst()).orElseThrow();
        if (path.size() == 1) {
            types(scope).checkDefault(scope.target(), column, value, scope.sql());
        }
        return new TableAlteration.SetDefault(path, SparkExpression.toSpark(value.text()));
    }

    private void check(AddCheck add, Scope scope, TableChange change) {
        Fragment condition = add.condition();
        boolean known =
                scope.target().definition().checks().keySet().stream()
                        .anyMatch(add.name()::equalsIgnoreCase);
        if (known) {
            throw new NeuralakeException(
                    ErrorCode.DUPLICATE_NAME,
                    "Constraint exists already: " + add.name(),
                    condition.position(),
                    null);
        }
        types(scope).checkExpression(scope.target(), -1, condition, scope.sql());
        if (anyRow(change.snapshot(), () -> Syntax.isNotTrue(condition.expression()), scope)) {
            throw new NeuralakeException(
                    ErrorCode.CHECK_VIOLATION,
                    "Rows of the table fail constraint " + add.name() + ": " + condition.text(),
                    condition.position(),
                    null);
        }
        change.alter(
                new TableAlteration.AddCheck(
                        add.name(), SparkExpression.toSpark(condition.text())));
    }

    /// Tells whether a condition holds for any row.
    private boolean anyRow(TableSnapshot table, Supplier<SqlNode> condition, Scope scope) {
        StatementTables tables = new StatementTables(planning.catalogs());
        String key = tables.addAdHoc("checked", () -> table);
        Planned planned =
                planning.plan(
                        () ->
                                Syntax.select(
                                        List.of(Syntax.as(Syntax.number(1), "x")),
                                        Syntax.as(Syntax.adHoc(key), scope.target().name().table()),
                                        condition.get()),
                        null,
                        tables,
                        scope.session());
        try (QueryResult rows = planning.run(planned, List.of(), scope.session(), false)) {
            while (rows.take() instanceof ReadResult.Ready(var batch)) {
                try (batch) {
                    if (batch.selectedCount() > 0) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
