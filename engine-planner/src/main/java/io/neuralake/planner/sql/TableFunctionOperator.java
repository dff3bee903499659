package io.neuralake.planner.sql;

import io.neuralake.planner.rel.NamedFunction;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlTableFunction;
import org.apache.calcite.sql.type.InferTypes;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlReturnTypeInference;

/// A function in FROM whose rows the executor makes: `generate_series(start, stop, step)`, both ends
/// included. It reaches the planner as a table function scan over this operator.
public final class TableFunctionOperator extends SqlFunction
        implements SqlTableFunction, NamedFunction {
    /// The one instance.
    public static final TableFunctionOperator SERIES = new TableFunctionOperator();

    /// What the rewritten call is named; `generate_series` itself is a function of lists.
    static final String NAME = "$series";

    private static final String COLUMN = "generate_series";

    private TableFunctionOperator() {
        super(
                NAME,
                SqlKind.OTHER_FUNCTION,
                ReturnTypes.CURSOR,
                InferTypes.explicit(java.util.List.of()),
                OperandTypes.VARIADIC,
                SqlFunctionCategory.USER_DEFINED_TABLE_FUNCTION);
    }

    static boolean isName(String name) {
        return name.equalsIgnoreCase(NAME);
    }

    @Override
    public String canonicalName() {
        return COLUMN;
    }

    @Override
    public SqlReturnTypeInference getRowTypeInference() {
        return binding ->
                TypeMapping.toRowType(
                        Schema.of(new Field(COLUMN, ScalarType.BIGINT, false)),
                        binding.getTypeFactory());
    }
}
