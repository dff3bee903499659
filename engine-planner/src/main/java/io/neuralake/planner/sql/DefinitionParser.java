package io.neuralake.planner.sql;

import io.neuralake.planner.sql.DefinitionStatement.AddCheck;
import io.neuralake.planner.sql.DefinitionStatement.AddColumn;
import io.neuralake.planner.sql.DefinitionStatement.AlterAction;
import io.neuralake.planner.sql.DefinitionStatement.ClusterBy;
import io.neuralake.planner.sql.DefinitionStatement.ColumnSpec;
import io.neuralake.planner.sql.DefinitionStatement.CreateKind;
import io.neuralake.planner.sql.DefinitionStatement.DropCheck;
import io.neuralake.planner.sql.DefinitionStatement.DropColumn;
import io.neuralake.planner.sql.DefinitionStatement.Layout;
import io.neuralake.planner.sql.DefinitionStatement.RenameColumn;
import io.neuralake.planner.sql.DefinitionStatement.SetComment;
import io.neuralake.planner.sql.DefinitionStatement.SetDefault;
import io.neuralake.planner.sql.DefinitionStatement.SetNullable;
import io.neuralake.planner.sql.DefinitionStatement.SetProperties;
import io.neuralake.planner.sql.DefinitionStatement.SetType;
import io.neuralake.planner.sql.DefinitionStatement.UnsetProperties;
import io.neuralake.planner.sql.SqlLexer.Kind;
import io.neuralake.planner.sql.SqlLexer.Token;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the statements that change definitions of tables, or how they lie in storage.
final class DefinitionParser {
    private final TokenCursor at;

    /// Continues at the statement's first word.
    DefinitionParser(TokenCursor at) {
        this.at = at;
    }

    /// Parses `CREATE [OR REPLACE] TABLE`, `REPLACE TABLE`.
    DefinitionStatement create() {
        CreateKind kind = CreateKind.REPLACE;
        if (!at.takes("replace")) {
            at.expect("create");
            kind = at.takes("or", "replace") ? CreateKind.CREATE_OR_REPLACE : CreateKind.CREATE;
        }
        at.expect("table");
        if (at.takes("if", "not", "exists")) {
            kind = CreateKind.CREATE_IF_NOT_EXISTS;
        }
        TableName table = at.name();
        List<ColumnSpec> columns = new ArrayList<>();
        Map<String, Fragment> checks = new LinkedHashMap<>();
        if (at.takesSymbol("(")) {
            do {
                element(columns, checks);
            } while (at.takesSymbol(","));
            at.expectSymbol(")");
        }
        return options(table, kind, columns, checks);
    }

    private DefinitionStatement options(
            TableName table,
            CreateKind kind,
            List<ColumnSpec> columns,
            Map<String, Fragment> checks) {
        List<TableName> partition = List.of();
        List<TableName> cluster = List.of();
        Map<String, String> properties = new LinkedHashMap<>();
        String comment = "";
        Fragment query = null;
        while (!at.atEnd()) {
            if (at.takes("using")) {
                format(at.take("a format"));
            } else if (at.takes("partitioned", "by") || at.takes("partition", "by")) {
                partition = at.names();
            } else if (at.takes("cluster", "by")) {
                cluster = at.takes("none") ? List.of() : at.names();
            } else if (at.takes("comment")) {
                comment = at.text();
            } else if (at.takes("tblproperties")) {
                properties.putAll(properties());
            } else {
                at.expect("as");
                query = at.rest();
                query.query();
            }
        }
        if (columns.isEmpty() && query == null) {
            at.peek("columns or AS query");
        }
        return new DefinitionStatement.CreateTable(
                table,
                kind,
                new Layout(columns, checks, partition, cluster, properties, comment),
                query);
    }

    private static void format(Token format) {
        if (!format.name().equalsIgnoreCase("delta")) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Format of tables not supported: " + format.name() + "; use DELTA",
                    format.position(),
                    null);
        }
    }

    /// Reads a column or a condition.
    private void element(List<ColumnSpec> columns, Map<String, Fragment> checks) {
        if (at.takes("constraint")) {
            TableName name = at.simpleName();
            at.expect("check");
            add(checks, name.toString(), name, parenthesized());
        } else if (at.isNext("check") && at.isBehindNext(java.util.Set.of(), "(")) {
            Token check = at.take("CHECK");
            add(
                    checks,
                    "check_" + (checks.size() + 1),
                    new TableName(List.of("check"), check.position()),
                    parenthesized());
        } else {
            columns.add(column(checks));
        }
    }

    private static void add(
            Map<String, Fragment> checks, String name, TableName place, Fragment condition) {
        boolean known = checks.keySet().stream().anyMatch(name::equalsIgnoreCase);
        if (known) {
            throw new NeuralakeException(
                    ErrorCode.DUPLICATE_NAME,
                    "Constraint is named twice: " + name,
                    place.position(),
                    null);
        }
        checks.put(name, condition);
    }

    private Fragment parenthesized() {
        at.expectSymbol("(");
        Fragment condition = at.listUntil();
        condition.expression();
        at.expectSymbol(")");
        return condition;
    }

    private ColumnSpec column(@Nullable Map<String, Fragment> checks) {
        TableName name = at.name();
        Fragment type =
                at.type(
                        "not",
                        "null",
                        "default",
                        "generated",
                        "comment",
                        "constraint",
                        "check",
                        "primary",
                        "references",
                        "unique",
                        "first",
                        "after");
        boolean notNull = false;
        Fragment value = null;
        Fragment generated = null;
        String comment = "";
        while (true) {
            if (at.takes("not", "null")) {
                notNull = true;
            } else if (at.takes("null")) {
                notNull = false;
            } else if (at.takes("default")) {
                value =
                        at.until(
                                "not",
                                "generated",
                                "comment",
                                "constraint",
                                "check",
                                "first",
                                "after");
                value.expression();
            } else if (at.takes("generated")) {
                generated = generated();
            } else if (at.takes("comment")) {
                comment = at.text();
            } else if (checks != null && at.isNext("check")) {
                TableName place = new TableName(name.parts(), at.take("CHECK").position());
                add(checks, name + "_check", place, parenthesized());
            } else if (checks != null && at.takes("constraint")) {
                TableName constraint = at.simpleName();
                at.expect("check");
                add(checks, constraint.toString(), constraint, parenthesized());
            } else {
                return new ColumnSpec(name, type, notNull, value, generated, comment);
            }
        }
    }

    private Fragment generated() {
        Token place = at.peek("ALWAYS");
        if (at.isNext("by") || at.isNext("always", "as", "identity")) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Identity columns are not supported",
                    place.position(),
                    null);
        }
        at.expect("always", "as");
        return parenthesized();
    }

    private Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        at.expectSymbol("(");
        do {
            String name = property();
            at.takesSymbol("=");
            Token token = at.peek("a value");
            if (token.kind() == Kind.STRING) {
                properties.put(name, at.text());
            } else {
                properties.put(name, at.until().text());
            }
        } while (at.takesSymbol(","));
        at.expectSymbol(")");
        return properties;
    }

    private String property() {
        return at.peek("a property").kind() == Kind.STRING ? at.text() : at.name().toString();
    }

    /// Parses `DROP TABLE`.
    DefinitionStatement drop() {
        at.expect("drop", "table");
        boolean ifExists = at.takes("if", "exists");
        TableName table = at.name();
        at.end();
        return new DefinitionStatement.DropTable(table, ifExists);
    }

    /// Parses `ALTER TABLE`.
    DefinitionStatement alter() {
        at.expect("alter", "table");
        boolean ifExists = at.takes("if", "exists");
        TableName table = at.name();
        List<AlterAction> actions = new ArrayList<>();
        do {
            action(actions);
        } while (at.takesSymbol(","));
        at.end();
        return new DefinitionStatement.AlterTable(table, ifExists, actions);
    }

    private void action(List<AlterAction> actions) {
        if (at.takes("add", "constraint")) {
            String name = at.simpleName().toString();
            at.expect("check");
            actions.add(new AddCheck(name, parenthesized()));
        } else if (at.takes("add")) {
            addColumns(actions);
        } else if (at.takes("drop", "constraint")) {
            boolean ifExists = at.takes("if", "exists");
            actions.add(new DropCheck(at.simpleName().toString(), ifExists));
        } else if (at.takes("drop")) {
            dropColumns(actions);
        } else if (at.takes("rename")) {
            at.takes("column");
            TableName column = at.name();
            at.expect("to");
            actions.add(new RenameColumn(column, at.simpleName().toString()));
        } else if (at.takes("alter") || at.takes("change")) {
            at.takes("column");
            actions.add(alterColumn(at.name()));
        } else if (at.takes("set", "tblproperties")) {
            actions.add(new SetProperties(properties()));
        } else if (at.takes("unset", "tblproperties")) {
            unset(actions);
        } else {
            at.expect("cluster", "by");
            actions.add(new ClusterBy(at.takes("none") ? List.of() : at.names()));
        }
    }

    private void addColumns(List<AlterAction> actions) {
        boolean several = at.takes("columns") || at.takes("column");
        boolean list = several && at.takesSymbol("(") || at.takesSymbol("(");
        do {
            ColumnSpec column = column(null);
            String after = null;
            if (at.takes("first")) {
                after = "";
            } else if (at.takes("after")) {
                after = at.simpleName().toString();
            }
            actions.add(new AddColumn(column, after));
        } while (list && at.takesSymbol(","));
        if (list) {
            at.expectSymbol(")");
        }
    }

    private void dropColumns(List<AlterAction> actions) {
        if (!at.takes("columns")) {
            at.takes("column");
        }
        boolean ifExists = at.takes("if", "exists");
        if (at.isSymbolNext("(")) {
            at.names().forEach(name -> actions.add(new DropColumn(name, ifExists)));
        } else {
            actions.add(new DropColumn(at.name(), ifExists));
        }
    }

    private AlterAction alterColumn(TableName column) {
        if (at.takes("set", "not", "null")) {
            return new SetNullable(column, false);
        }
        if (at.takes("drop", "not", "null")) {
            return new SetNullable(column, true);
        }
        if (at.takes("set", "default")) {
            Fragment value = at.until();
            value.expression();
            return new SetDefault(column, value);
        }
        if (at.takes("drop", "default")) {
            return new SetDefault(column, null);
        }
        if (at.takes("comment")) {
            return new SetComment(column, at.text());
        }
        if (at.takes("set", "data")) {
            at.expect("type");
        } else {
            at.expect("type");
        }
        return new SetType(column, at.type());
    }

    private void unset(List<AlterAction> actions) {
        boolean ifExists = at.takes("if", "exists");
        List<String> names = new ArrayList<>();
        at.expectSymbol("(");
        do {
            names.add(property());
        } while (at.takesSymbol(","));
        at.expectSymbol(")");
        actions.add(new UnsetProperties(names, ifExists));
    }

    /// Parses `COMMENT ON TABLE t IS text`, `COMMENT ON COLUMN t.c IS text`.
    DefinitionStatement comment() {
        at.expect("comment", "on");
        boolean column = at.takes("column");
        if (!column) {
            at.expect("table");
        }
        TableName name = at.name();
        at.expect("is");
        String text = at.takes("null") ? "" : at.text();
        at.end();
        if (!column) {
            return new DefinitionStatement.AlterTable(
                    name, false, List.of(new SetComment(null, text)));
        }
        int size = name.parts().size();
        if (size < 2) {
            throw new NeuralakeException(
                    ErrorCode.SYNTAX_ERROR,
                    "COMMENT ON COLUMN takes table.column: " + name,
                    name.position(),
                    null);
        }
        TableName table = new TableName(name.parts().subList(0, size - 1), name.position());
        TableName last = new TableName(List.of(name.parts().getLast()), name.position());
        return new DefinitionStatement.AlterTable(
                table, false, List.of(new SetComment(last, text)));
    }

    /// Parses `OPTIMIZE`.
    DefinitionStatement optimize() {
        at.expect("optimize");
        at.takes("table");
        TableName table = at.name();
        Fragment where = at.takes("where") ? at.listUntil("zorder") : null;
        if (where != null) {
            where.expression();
        }
        List<TableName> order = at.takes("zorder", "by") ? at.names() : List.of();
        at.end();
        return new DefinitionStatement.Optimize(table, where, order);
    }

    /// Parses `VACUUM`.
    DefinitionStatement vacuum() {
        at.expect("vacuum");
        at.takes("table");
        TableName table = at.name();
        Long hours = null;
        boolean dryRun = false;
        while (!at.atEnd()) {
            if (at.takes("retain")) {
                hours = at.number();
                if (!at.takes("hour")) {
                    at.expect("hours");
                }
            } else {
                at.expect("dry", "run");
                dryRun = true;
            }
        }
        return new DefinitionStatement.Vacuum(table, hours, dryRun);
    }

    /// Parses `RESTORE`.
    DefinitionStatement restore() {
        at.expect("restore");
        at.takes("table");
        TableName table = at.name();
        at.takes("to");
        if (at.takes("version")) {
            at.expect("as", "of");
            long version = at.number();
            at.end();
            return new DefinitionStatement.Restore(table, version, null);
        }
        at.expect("timestamp", "as", "of");
        Fragment time = at.rest();
        time.expression();
        return new DefinitionStatement.Restore(table, null, time);
    }

    /// Parses `CHECKPOINT`.
    DefinitionStatement checkpoint() {
        at.expect("checkpoint");
        at.takes("table");
        TableName table = at.name();
        at.end();
        return new DefinitionStatement.Checkpoint(table);
    }

    /// Parses what follows SHOW CREATE.
    DefinitionStatement showCreate() {
        at.expect("table");
        TableName table = at.name();
        at.end();
        return new DefinitionStatement.ShowCreate(table);
    }
}
