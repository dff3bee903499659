package io.neuralake.planner.write;

import io.neuralake.planner.sql.Fragment;
import io.neuralake.planner.sql.SqlLexer;
import io.neuralake.planner.sql.SqlLexer.Kind;
import io.neuralake.planner.sql.SqlLexer.Token;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Expressions that a table's definition holds. They are in Spark's dialect, in which back quotes are
/// about names, double quotes about texts, and a backslash escapes.
final class SparkExpression {
    private SparkExpression() {}

    /// Parses an expression of a definition. Throws UNSUPPORTED for what only Spark understands.
    static SqlNode parse(String text) {
        try {
            SqlNode tree = Fragment.of(toOurs(text)).expression();
            return Objects.requireNonNull(tree.accept(new WithoutPositions()));
        } catch (NeuralakeException e) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Expression of the table's definition cannot be computed: " + text,
                    e);
        }
    }

    /// Writes an expression that a user typed as Spark reads it.
    static String toSpark(String text) {
        StringBuilder result = new StringBuilder();
        int end = 0;
        for (Token token : SqlLexer.tokens(text)) {
            if (token.start() > end) {
                result.append(text.substring(end, token.start()).isBlank() ? " " : "");
            }
            end = token.end();
            if (token.kind() == Kind.QUOTED_NAME) {
                result.append('`').append(token.name().replace("`", "``")).append('`');
            } else if (token.kind() == Kind.STRING && token.text().startsWith("'")) {
                String value =
                        token.text().substring(1, token.text().length() - 1).replace("''", "'");
                result.append('\'')
                        .append(value.replace("\\", "\\\\").replace("'", "\\'"))
                        .append('\'');
            } else {
                result.append(token.text());
            }
        }
        return result.toString();
    }

    /// Writes an expression of a definition in our dialect.
    static String toOurs(String text) {
        StringBuilder result = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '`' || c == '\'' || c == '"') {
                StringBuilder content = new StringBuilder();
                at = quoted(text, at, content);
                char quote = c == '`' ? '"' : '\'';
                String doubled = "" + quote + quote;
                result.append(quote)
                        .append(content.toString().replace("" + quote, doubled))
                        .append(quote);
            } else {
                result.append(c);
                at++;
            }
        }
        return result.toString();
    }

    /// Reads what is quoted from `start` on, and returns where the text goes on.
    private static int quoted(String text, int start, StringBuilder content) {
        char quote = text.charAt(start);
        int at = start + 1;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\\' && quote != '`' && at + 1 < text.length()) {
                content.append(unescaped(text.charAt(at + 1)));
                at += 2;
            } else if (c == quote) {
                if (at + 1 < text.length() && text.charAt(at + 1) == quote) {
                    content.append(quote);
                    at += 2;
                } else {
                    return at + 1;
                }
            } else {
                content.append(c);
                at++;
            }
        }
        return at;
    }

    private static char unescaped(char c) {
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case '0' -> '\0';
            default -> c;
        };
    }

    /// The positions would be taken for those of the statement.
    private static final class WithoutPositions extends SqlShuttle {
        @Override
        public @Nullable SqlNode visit(SqlCall call) {
            CallCopyingArgHandler copies = new CallCopyingArgHandler(call, true);
            call.getOperator().acceptCall(this, call, false, copies);
            SqlNode copy = copies.result();
            return copy == null ? null : copy.clone(SqlParserPos.ZERO);
        }

        @Override
        public SqlNode visit(SqlIdentifier id) {
            List<SqlParserPos> positions = new ArrayList<>();
            for (int i = 0; i < id.names.size(); i++) {
                positions.add(SqlParserPos.ZERO.withQuoting(id.isComponentQuoted(i)));
            }
            return new SqlIdentifier(id.names, null, positions.getFirst(), positions);
        }
    }
}
