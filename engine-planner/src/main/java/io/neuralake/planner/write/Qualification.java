package io.neuralake.planner.write;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/// Puts a table's name before names of its columns that have none, outside of sub-queries.
final class Qualification extends SqlShuttle {
    private final String table;
    private final Predicate<String> isColumn;

    Qualification(String table, Predicate<String> isColumn) {
        this.table = table;
        this.isColumn = isColumn;
    }

    SqlNode of(SqlNode expression) {
        return Objects.requireNonNull(expression.accept(this));
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
        return call.isA(SqlKind.QUERY) ? call : super.visit(call);
    }

    @Override
    public SqlNode visit(SqlIdentifier id) {
        if (!id.isSimple() || !isColumn.test(id.getSimple())) {
            return id;
        }
        SqlParserPos position = id.getParserPosition();
        return new SqlIdentifier(
                List.of(table, id.getSimple()), null, position, List.of(position, position));
    }
}
