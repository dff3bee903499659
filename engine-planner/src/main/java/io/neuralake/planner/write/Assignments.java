package io.neuralake.planner.write;

import io.neuralake.planner.sql.ChangeStatement.SetClause;
import io.neuralake.planner.sql.Fragment;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// The values that the SET of an UPDATE or MERGE gives to columns.
final class Assignments {
    private final Target target;
    private final @Nullable String alias;
    private final UnaryOperator<SqlNode> visible;
    private final Map<Integer, Supplier<SqlNode>> values = new TreeMap<>();

    private Assignments(Target target, @Nullable String alias, UnaryOperator<SqlNode> visible) {
        this.target = target;
        this.alias = alias;
        this.visible = visible;
    }

    /// Reads the clauses. Throws COLUMN_NOT_FOUND, DUPLICATE_NAME, SYNTAX_ERROR.
    ///
    /// @param visible settles names in the values
    /// @return what makes a column's value, cast, by column
    static Map<Integer, Supplier<SqlNode>> of(
            Target target,
            @Nullable String alias,
            List<SetClause> clauses,
            UnaryOperator<SqlNode> visible) {
        Assignments assignments = new Assignments(target, alias, visible);
        clauses.forEach(assignments::add);
        return assignments.values;
    }

    private void add(SetClause clause) {
        List<TableName> columns = clause.columns();
        Fragment value = clause.value();
        if (!clause.row()) {
            put(columns.getFirst(), value.isDefault() ? null : value::expression);
            return;
        }
        for (int i = 0; i < columns.size(); i++) {
            int part = i;
            part(value.expression(), 0, columns.size());
            put(columns.get(i), () -> part(value.expression(), part, columns.size()));
        }
    }

    /// @param value null for DEFAULT
    private void put(TableName typed, @Nullable Supplier<SqlNode> value) {
        int column = target.column(typed, alias);
        if (values.containsKey(column)) {
            throw new NeuralakeException(
                    ErrorCode.DUPLICATE_NAME,
                    "Column is set twice: " + typed,
                    typed.position(),
                    null);
        }
        if (value != null) {
            values.put(column, () -> target.assign(column, visible.apply(value.get())));
        } else if (!target.isGenerated(column)) {
            values.put(column, () -> target.defaultValue(column));
        }
    }

    /// Returns one value of a row, or of a sub-query of one row.
    private static SqlNode part(SqlNode row, int index, int count) {
        if (row.getKind() == SqlKind.ROW && ((SqlCall) row).operandCount() == count) {
            return ((SqlCall) row).operand(index);
        }
        if (row.getKind() == SqlKind.SCALAR_QUERY) {
            return part(((SqlCall) row).operand(0), index, count);
        }
        if (row instanceof SqlSelect select && select.getSelectList().size() == count) {
            select.setSelectList(SqlNodeList.of(select.getSelectList().get(index)));
            return select;
        }
        throw new NeuralakeException(
                ErrorCode.SYNTAX_ERROR,
                "SET needs a row or sub-query of as many values as columns: " + count,
                Places.of(row),
                null);
    }
}
