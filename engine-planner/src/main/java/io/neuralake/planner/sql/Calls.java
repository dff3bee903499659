package io.neuralake.planner.sql;

import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;

import java.util.List;

/// Makes syntax nodes.
final class Calls {
    private Calls() {}

    /// Makes a call of a function by name, as the parser does.
    static SqlCall of(String name, SqlParserPos pos, SqlNode... arguments) {
        return of(name, pos, List.of(arguments));
    }

    /// Makes a call of a function by name, as the parser does.
    static SqlCall of(String name, SqlParserPos pos, List<SqlNode> arguments) {
        return new SqlUnresolvedFunction(
                        new SqlIdentifier(name, pos),
                        null,
                        null,
                        null,
                        null,
                        SqlFunctionCategory.USER_DEFINED_FUNCTION)
                .createCall(pos, arguments);
    }

    /// Makes a cast to a type without parameters.
    static SqlCall cast(SqlNode value, SqlTypeName type) {
        SqlParserPos pos = value.getParserPosition();
        return SqlStdOperatorTable.CAST.createCall(
                pos, value, new SqlDataTypeSpec(new SqlBasicTypeNameSpec(type, pos), pos));
    }

    /// Makes a string literal.
    static SqlNode text(String value, SqlParserPos pos) {
        return SqlLiteral.createCharString(value, pos);
    }

    /// Makes an integer literal.
    static SqlNode number(long value, SqlParserPos pos) {
        return SqlLiteral.createExactNumeric(Long.toString(value), pos);
    }
}
