package io.neuralake.planner.sql;

import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.spi.type.Type;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.validate.SetopNamespace;
import org.apache.calcite.sql.validate.SqlValidatorImpl;
import org.apache.calcite.sql.validate.SqlValidatorNamespace;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Objects;

/// Validates UNION, INTERSECT and EXCEPT, whose columns must agree in type. Text takes up anything. The
/// first part of a recursive query gives the types: what a later round yields must fit them.
final class LakeSetopNamespace extends SetopNamespace {
    private final SqlCall call;
    private final boolean recursive;

    LakeSetopNamespace(SqlValidatorImpl validator, SqlCall call, SqlNode enclosingNode) {
        super(validator, call, enclosingNode);
        this.call = call;
        this.recursive =
                enclosingNode instanceof SqlWithItem item
                        && item.recursive.booleanValue()
                        && mentions(call.operand(1), item.name.getSimple());
    }

    /// Tells whether a query mentions a name.
    static boolean mentions(SqlNode query, String name) {
        boolean[] found = new boolean[1];
        query.accept(
                new SqlBasicVisitor<Void>() {
                    @Override
                    public @Nullable Void visit(SqlIdentifier id) {
                        found[0] |= id.isSimple() && id.getSimple().equalsIgnoreCase(name);
                        return null;
                    }
                });
        return found[0];
    }

    @Override
    public RelDataType validateImpl(RelDataType targetRowType) {
        List<RelDataTypeField> left = columns(call.operand(0), targetRowType);
        List<RelDataTypeField> right = columns(call.operand(1), targetRowType);
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            check(left.get(i), right.get(i));
        }
        return super.validateImpl(targetRowType);
    }

    private List<RelDataTypeField> columns(SqlNode query, RelDataType targetRowType) {
        SqlValidatorNamespace namespace = Objects.requireNonNull(validator.getNamespace(query));
        namespace.validate(targetRowType);
        return namespace.getRowType().getFieldList();
    }

    private void check(RelDataTypeField left, RelDataTypeField right) {
        Type l = TypeMapping.toType(left.getType());
        Type r = TypeMapping.toType(right.getType());
        boolean fits =
                recursive
                        ? l.equals(r) || l.equals(TypeAgreement.least(l, r))
                        : TypeAgreement.isText(l, r) || TypeAgreement.least(l, r) != null;
        if (!fits) {
            throw TypeAgreement.mismatch(
                    (recursive ? "recursive " : "") + call.getOperator().getName(),
                    l,
                    r,
                    item(call.operand(1), right.getIndex()));
        }
    }

    /// Returns what makes a column of a query; the query where that is not to be told.
    private static SqlNode item(SqlNode query, int column) {
        return switch (query) {
            case SqlSelect select when column < select.getSelectList().size() ->
                    select.getSelectList().get(column);
            case SqlOrderBy order -> item(order.query, column);
            default -> query;
        };
    }
}
