package io.neuralake.planner.write;

import io.neuralake.planner.SqlSession;
import io.neuralake.planner.catalog.StatementTables;
import io.neuralake.planner.sql.DefinitionStatement.ColumnSpec;
import io.neuralake.planner.sql.Fragment;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.spi.change.ColumnDefinition;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Type;

import org.apache.calcite.sql.SqlNode;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Reads columns as they are declared, and checks expressions of definitions.
final class ColumnTypes {
    private final Planning planning;
    private final SqlSession session;
    private final StatementTables tables;

    ColumnTypes(Planning planning, SqlSession session) {
        this.planning = planning;
        this.session = session;
        this.tables = new StatementTables(planning.catalogs());
    }

    /// Reads a type's name. Throws SYNTAX_ERROR, TYPE_MISMATCH at its place.
    Type type(Fragment typed) {
        String text = typed.text();
        try {
            Fragment cast = Fragment.of("CAST(NULL AS " + TypeText.standard(text) + ")");
            return planning.columns(
                            () -> Syntax.select(List.of(cast.expression()), one(), null),
                            null,
                            tables,
                            session)
                    .field(0)
                    .type();
        } catch (NeuralakeException e) {
            String message =
                    e.code() == ErrorCode.SYNTAX_ERROR
                            ? "Syntax error near: " + text
                            : String.valueOf(e.getMessage());
            throw new NeuralakeException(e.code(), message, typed.position(), e);
        }
    }

    private static SqlNode one() {
        return Syntax.as(
                Syntax.values(List.of(Syntax.row(List.of(Syntax.number(1))))),
                "$one",
                List.of("$x"));
    }

    ColumnDefinition column(ColumnSpec spec) {
        Fragment value = spec.defaultValue();
        Fragment generated = spec.generatedAs();
        if (value != null && generated != null) {
            throw new NeuralakeException(
                    ErrorCode.SYNTAX_ERROR,
                    "A generated column has no default: " + spec.name(),
                    spec.name().position(),
                    null);
        }
        return new ColumnDefinition(
                new Field(spec.name().parts().getLast(), type(spec.type()), !spec.notNull()),
                value == null || isNull(value) ? null : SparkExpression.toSpark(value.text()),
                generated == null ? null : SparkExpression.toSpark(generated.text()),
                false,
                spec.comment());
    }

    private static boolean isNull(Fragment value) {
        return value.text().strip().equalsIgnoreCase("null");
    }

    /// Checks that a value is one, without columns, that fits a column.
    void checkDefault(Target target, int column, Fragment value, String sql) {
        planning.columns(
                () ->
                        Syntax.select(
                                List.of(target.assign(column, value.expression())), one(), null),
                sql,
                tables,
                session);
    }

    /// Checks that an expression can be computed from the columns of a table, and that it fits.
    ///
    /// @param column generated column that takes it; -1 for a condition
    void checkExpression(Target target, int column, Fragment expression, String sql) {
        Supplier<SqlNode> query =
                () -> {
                    SqlNode value = expression.expression();
                    return Syntax.select(
                            List.of(
                                    column < 0
                                            ? Syntax.isNotTrue(value)
                                            : target.assign(column, value)),
                            row(target, column >= 0),
                            null);
                };
        planning.columns(query, sql, tables, session);
    }

    /// Returns a row of nulls under the columns' names.
    private static SqlNode row(Target target, boolean withoutGenerated) {
        List<SqlNode> items = new ArrayList<>();
        for (int i = 0; i < target.size(); i++) {
            if (!withoutGenerated || !target.isGenerated(i)) {
                items.add(Syntax.as(target.assign(i, Syntax.nothing()), target.field(i).name()));
            }
        }
        if (items.isEmpty()) {
            items.add(Syntax.as(Syntax.number(1), "$x"));
        }
        return Syntax.as(Syntax.select(items, one(), null), target.name().table());
    }

    /// Finds columns by name. Throws COLUMN_NOT_FOUND.
    static List<String> names(Target target, List<TableName> typed) {
        return typed.stream().map(name -> target.field(target.column(name, null)).name()).toList();
    }

    static void refuseDuplicates(TableDefinition definition) {
        List<String> seen = new ArrayList<>();
        for (ColumnDefinition column : definition.columns()) {
            String name = column.field().name();
            if (seen.stream().anyMatch(name::equalsIgnoreCase)) {
                throw new NeuralakeException(
                        ErrorCode.DUPLICATE_NAME, "Column is named twice: " + name);
            }
            seen.add(name);
        }
    }
}
