package io.neuralake.planner.write;

import io.neuralake.planner.catalog.NearestName;
import io.neuralake.planner.sql.AssignmentOperator;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.change.ColumnDefinition;
import io.neuralake.spi.change.SupportsChanges;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;

import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.OptionalInt;

/// The table that a statement changes, with its rules.
record Target(QualifiedName name, TableDefinition definition) {
    /// Returns a table that can be changed. Throws UNSUPPORTED for another.
    static SupportsChanges changeable(TableSnapshot table, TableName typed) {
        if (table instanceof SupportsChanges changes) {
            return changes;
        }
        throw new NeuralakeException(
                ErrorCode.UNSUPPORTED,
                "Table cannot be changed: " + typed + "; only Delta tables can",
                typed.position(),
                null);
    }

    int size() {
        return definition.columns().size();
    }

    ColumnDefinition column(int index) {
        return definition.columns().get(index);
    }

    Field field(int index) {
        return column(index).field();
    }

    List<String> columnNames() {
        return definition.columns().stream().map(c -> c.field().name()).toList();
    }

    boolean isGenerated(int index) {
        return column(index).generatedAs() != null;
    }

    /// Finds a column. Throws COLUMN_NOT_FOUND with the nearest name.
    ///
    /// @param alias what the table is called in the statement
    int column(TableName typed, @Nullable String alias) {
        List<String> parts = typed.parts();
        if (parts.size() > 1 && find(parts.getFirst()).isPresent()) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Members of structs cannot be assigned alone: " + typed,
                    typed.position(),
                    null);
        }
        boolean qualified =
                parts.size() > 1
                        && !parts.get(parts.size() - 2).equalsIgnoreCase(name.table())
                        && (alias == null || !parts.getFirst().equalsIgnoreCase(alias));
        OptionalInt found = qualified ? OptionalInt.empty() : find(parts.getLast());
        if (found.isEmpty()) {
            throw new NeuralakeException(
                    ErrorCode.COLUMN_NOT_FOUND,
                    "Column not found: " + typed + NearestName.hint(parts.getLast(), columnNames()),
                    typed.position(),
                    null);
        }
        refuseIdentity(found.getAsInt(), typed);
        return found.getAsInt();
    }

    private void refuseIdentity(int index, TableName typed) {
        if (column(index).identity()) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Identity columns cannot be written: " + typed,
                    typed.position(),
                    null);
        }
    }

    OptionalInt find(String column) {
        return definition.schema().indexOf(column);
    }

    /// Casts a value to a column's type as assignments do.
    SqlNode assign(int index, SqlNode value) {
        Field field = field(index);
        return new AssignmentOperator(field.name(), field.type()).of(value);
    }

    /// Returns what a row has that does not say: the column's default, or NULL.
    SqlNode defaultValue(int index) {
        String text = column(index).defaultValue();
        return assign(index, text == null ? Syntax.nothing() : SparkExpression.parse(text));
    }

    /// Returns the value of a generated column, from the other columns of its row.
    SqlNode generated(int index) {
        String text = column(index).generatedAs();
        if (text == null) {
            throw new IllegalStateException("Not generated: " + field(index).name());
        }
        return assign(index, SparkExpression.parse(text));
    }

    /// Throws UNSUPPORTED for tables that hand out values themselves, which nothing here does.
    void refuseIdentities() {
        for (ColumnDefinition column : definition.columns()) {
            if (column.identity()) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED,
                        "Tables with identity columns cannot be written: "
                                + name
                                + ", column "
                                + column.field().name());
            }
        }
    }
}
