package io.neuralake.planner.sql;

import io.neuralake.planner.sql.ChangeStatement.DeleteAction;
import io.neuralake.planner.sql.ChangeStatement.InsertAction;
import io.neuralake.planner.sql.ChangeStatement.InsertAllAction;
import io.neuralake.planner.sql.ChangeStatement.MatchKind;
import io.neuralake.planner.sql.ChangeStatement.MergeAction;
import io.neuralake.planner.sql.ChangeStatement.MergeClause;
import io.neuralake.planner.sql.ChangeStatement.NothingAction;
import io.neuralake.planner.sql.ChangeStatement.SetClause;
import io.neuralake.planner.sql.ChangeStatement.UpdateAction;
import io.neuralake.planner.sql.ChangeStatement.UpdateAllAction;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Reads the statements that change rows. Expressions and queries in them are parsed once here, so that
/// their syntax errors come first.
final class ChangeParser {
    private static final Set<String> QUERY_WORDS =
            Set.of("select", "with", "values", "from", "table");

    private final TokenCursor at;

    /// Continues at the statement's first word.
    ChangeParser(TokenCursor at) {
        this.at = at;
    }

    /// Parses `INSERT ...`.
    ChangeStatement insert() {
        at.expect("insert");
        boolean evolve = at.takes("with", "schema", "evolution");
        boolean overwrite = at.takes("overwrite");
        if (overwrite) {
            at.takes("into");
        } else {
            at.expect("into");
        }
        at.takes("table");
        TableName table = at.name();
        evolve |= at.takes("with", "schema", "evolution");
        List<TableName> columns =
                at.isSymbolNext("(") && !at.isBehindNext(QUERY_WORDS, "(") ? at.names() : List.of();
        boolean byName = at.takes("by", "name");
        Fragment where = null;
        if (!overwrite && at.takes("replace")) {
            at.expect("where");
            where = expression(at.listUntil("select", "with", "values", "from", "table", "by"));
            byName |= at.takes("by", "name");
        }
        if (at.takes("default", "values")) {
            at.end();
            return new ChangeStatement.Insert(
                    table, where, overwrite, columns, byName, evolve, null);
        }
        Fragment source = at.rest();
        source.query();
        return new ChangeStatement.Insert(table, where, overwrite, columns, byName, evolve, source);
    }

    /// Parses `DELETE FROM ...`.
    ChangeStatement delete() {
        at.expect("delete", "from");
        TableName table = at.name();
        String alias = alias("using", "where");
        Fragment using = at.takes("using") ? from(at.listUntil("where")) : null;
        Fragment where = at.takes("where") ? expression(at.listUntil()) : null;
        at.end();
        return new ChangeStatement.Delete(table, alias, using, where);
    }

    /// Parses `UPDATE ...`.
    ChangeStatement update() {
        at.expect("update");
        TableName table = at.name();
        String alias = alias("set");
        at.expect("set");
        List<SetClause> sets = sets("from", "where");
        Fragment from = at.takes("from") ? from(at.listUntil("where")) : null;
        Fragment where = at.takes("where") ? expression(at.listUntil()) : null;
        at.end();
        return new ChangeStatement.Update(table, alias, sets, from, where);
    }

    /// Parses `MERGE INTO ...`.
    ChangeStatement merge() {
        at.expect("merge");
        boolean evolve = at.takes("with", "schema", "evolution");
        at.expect("into");
        TableName table = at.name();
        evolve |= at.takes("with", "schema", "evolution");
        String alias = alias("using");
        at.expect("using");
        Fragment source = from(at.listUntil("on"));
        at.expect("on");
        Fragment condition = expression(at.listUntil("when"));
        List<MergeClause> clauses = new ArrayList<>();
        while (at.takes("when")) {
            clauses.add(clause());
        }
        if (clauses.isEmpty()) {
            at.peek("WHEN");
        }
        at.end();
        return new ChangeStatement.Merge(table, alias, source, condition, clauses, evolve);
    }

    private MergeClause clause() {
        MatchKind match = MatchKind.MATCHED;
        if (at.takes("not")) {
            match = MatchKind.NOT_MATCHED;
        }
        at.expect("matched");
        if (match == MatchKind.NOT_MATCHED && at.takes("by")) {
            if (at.takes("source")) {
                match = MatchKind.NOT_MATCHED_BY_SOURCE;
            } else {
                at.expect("target");
            }
        }
        Fragment condition = at.takes("and") ? expression(at.listUntil("then")) : null;
        at.expect("then");
        return new MergeClause(match, condition, action(match));
    }

    private MergeAction action(MatchKind match) {
        if (at.takes("do")) {
            at.expect("nothing");
            return new NothingAction();
        }
        if (match == MatchKind.NOT_MATCHED) {
            at.expect("insert");
            return insertAction();
        }
        if (at.takes("delete")) {
            return new DeleteAction();
        }
        at.expect("update", "set");
        if (match == MatchKind.MATCHED && at.takesSymbol("*")) {
            return new UpdateAllAction();
        }
        return new UpdateAction(sets("when"));
    }

    private MergeAction insertAction() {
        if (at.takesSymbol("*")) {
            return new InsertAllAction();
        }
        List<TableName> columns = at.isSymbolNext("(") ? at.names() : List.of();
        at.expect("values");
        at.expectSymbol("(");
        List<Fragment> values = new ArrayList<>();
        do {
            values.add(value(at.until()));
        } while (at.takesSymbol(","));
        at.expectSymbol(")");
        return new InsertAction(columns, values);
    }

    private List<SetClause> sets(String... stops) {
        List<SetClause> sets = new ArrayList<>();
        do {
            boolean row = at.isSymbolNext("(");
            List<TableName> columns = row ? at.names() : List.of(at.name());
            at.expectSymbol("=");
            sets.add(new SetClause(columns, row, value(at.until(stops))));
        } while (at.takesSymbol(","));
        return sets;
    }

    /// Parses `TRUNCATE TABLE ...`.
    ChangeStatement truncate() {
        at.expect("truncate");
        at.takes("table");
        TableName table = at.name();
        at.end();
        return new ChangeStatement.Truncate(table);
    }

    /// Parses `COPY INTO ...`.
    ChangeStatement copy() {
        at.expect("copy", "into");
        TableName table = at.name();
        at.expect("from");
        String path = at.text();
        String format = null;
        String pattern = null;
        while (!at.atEnd()) {
            if (at.takes("fileformat") || at.takes("file_format") || at.takes("format")) {
                at.takesSymbol("=");
                format = at.take("a format").text().toUpperCase(Locale.ROOT).replace("'", "");
            } else {
                at.expect("pattern");
                at.takesSymbol("=");
                pattern = at.text();
            }
        }
        return new ChangeStatement.Copy(
                table, path, format == null ? formatOf(path) : checked(format), pattern);
    }

    private static String formatOf(String path) {
        String lower = path.toLowerCase(Locale.ROOT);
        if (lower.contains(".csv") || lower.contains(".tsv")) {
            return "CSV";
        }
        return lower.contains(".json") || lower.contains(".ndjson") ? "JSON" : "PARQUET";
    }

    private static String checked(String format) {
        if (!Set.of("PARQUET", "CSV", "JSON").contains(format)) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Format of files not supported: " + format + "; use PARQUET, CSV or JSON");
        }
        return format;
    }

    /// Reads an alias unless one of some words comes next.
    private @Nullable String alias(String... stops) {
        if (at.takes("as")) {
            return at.simpleName().toString();
        }
        if (at.atEnd()) {
            return null;
        }
        for (String stop : stops) {
            if (at.isNext(stop)) {
                return null;
            }
        }
        return at.simpleName().toString();
    }

    private static Fragment value(Fragment fragment) {
        return fragment.isDefault() ? fragment : expression(fragment);
    }

    private static Fragment expression(Fragment fragment) {
        fragment.expression();
        return fragment;
    }

    private static Fragment from(Fragment fragment) {
        fragment.from();
        return fragment;
    }
}
