package io.neuralake.planner.sql;

import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.spi.type.Type;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.validate.SetopNamespace;
import org.apache.calcite.sql.validate.SqlValidatorImpl;
import org.apache.calcite.sql.validate.SqlValidatorNamespace;

import java.util.List;
import java.util.Objects;

/// Validates UNION, INTERSECT and EXCEPT, whose columns must agree in type. Text takes up anything.
final class LakeSetopNamespace extends SetopNamespace {
    private final SqlCall call;

    LakeSetopNamespace(SqlValidatorImpl validator, SqlCall call, SqlNode enclosingNode) {
        super(validator, call, enclosingNode);
        this.call = call;
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
        if (!TypeAgreement.isText(l, r) && TypeAgreement.least(l, r) == null) {
            throw TypeAgreement.mismatch(
                    call.getOperator().getName(), l, r, item(call.operand(1), right.getIndex()));
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
