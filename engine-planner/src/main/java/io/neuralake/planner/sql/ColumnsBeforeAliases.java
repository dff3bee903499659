package io.neuralake.planner.sql;

import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/// Qualifies names which are both a column of FROM and an alias of the select list, so that the
/// column is meant.
final class ColumnsBeforeAliases extends SqlShuttle {
    private final SqlValidatorScope scope;
    private final Set<String> aliases = new HashSet<>();

    /// Prepares for a SELECT.
    ///
    /// @param scope the columns of its FROM
    ColumnsBeforeAliases(SqlSelect select, SqlValidatorScope scope) {
        this.scope = scope;
        for (SqlNode item : select.getSelectList()) {
            if (item.getKind() == SqlKind.AS) {
                aliases.add(lower(((SqlCall) item).operand(1).toString()));
            }
        }
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    SqlNode qualify(SqlNode expression) {
        return Objects.requireNonNull(expression.accept(this));
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
        return call.isA(SqlKind.QUERY) ? call : super.visit(call);
    }

    @Override
    public @Nullable SqlNode visit(SqlIdentifier id) {
        if (!id.isSimple() || !aliases.contains(lower(id.getSimple()))) {
            return id;
        }
        try {
            return scope.fullyQualify(id).identifier;
        } catch (CalciteContextException notAColumn) {
            return id;
        }
    }
}
