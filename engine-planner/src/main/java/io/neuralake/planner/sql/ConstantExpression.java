package io.neuralake.planner.sql;

import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlUtil;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.util.NlsString;
import org.apache.calcite.util.Util;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads constants off syntax trees, before there are types.
final class ConstantExpression {
    private ConstantExpression() {}

    /// Tells whether an expression reads no column and no table.
    static boolean isConstant(SqlNode node) {
        try {
            node.accept(
                    new SqlBasicVisitor<Void>() {
                        @Override
                        public Void visit(SqlIdentifier id) {
                            throw Util.FoundOne.NULL;
                        }

                        @Override
                        public Void visit(SqlCall call) {
                            if (call.isA(SqlKind.QUERY)) {
                                throw Util.FoundOne.NULL;
                            }
                            return super.visit(call);
                        }
                    });
            return true;
        } catch (Util.FoundOne e) {
            return false;
        }
    }

    /// Returns the Java form of a literal, a negative number or a list of them: Boolean, Long,
    /// BigDecimal, Double, String or List; empty for anything else and for NULL.
    static Optional<Object> value(SqlNode node) {
        return switch (node.getKind()) {
            case LITERAL -> literal((SqlLiteral) node);
            case LITERAL_CHAIN -> value(SqlLiteral.unchain(node));
            case MINUS_PREFIX ->
                    value(((SqlBasicCall) node).operand(0)).map(ConstantExpression::negate);
            case PLUS_PREFIX -> value(((SqlBasicCall) node).operand(0));
            case ARRAY_VALUE_CONSTRUCTOR -> list((SqlBasicCall) node);
            default -> Optional.empty();
        };
    }

    private static Optional<Object> list(SqlBasicCall call) {
        List<Object> values = new ArrayList<>();
        for (SqlNode element : call.getOperandList()) {
            Optional<Object> value = value(element);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            values.add(value.get());
        }
        return Optional.of(values);
    }

    private static Optional<Object> literal(SqlLiteral literal) {
        if (SqlUtil.isNullLiteral(literal, false)) {
            return Optional.empty();
        }
        Object value = literal.getValue();
        return switch (value) {
            case Boolean b -> Optional.of(b);
            case NlsString s -> Optional.of(s.getValue());
            case BigDecimal d ->
                    Optional.of(
                            literal instanceof SqlNumericLiteral n && n.isInteger()
                                    ? (Object) d.longValue()
                                    : d);
            case null, default -> Optional.empty();
        };
    }

    private static Object negate(Object value) {
        return switch (value) {
            case Long l -> -l;
            case BigDecimal d -> d.negate();
            default -> value;
        };
    }

    /// Returns a string literal's text.
    static Optional<String> text(SqlNode node) {
        return value(node).filter(String.class::isInstance).map(String.class::cast);
    }

    /// Tells whether a node is the literal NULL.
    static boolean isNull(SqlNode node) {
        return node.getKind() == SqlKind.LITERAL && SqlUtil.isNullLiteral(node, false);
    }
}
