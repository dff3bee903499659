package io.neuralake.planner.sql;

import io.neuralake.planner.sql.SqlLexer.Token;
import io.neuralake.planner.sql.grammar.LakeParser;
import io.neuralake.spi.error.SqlPosition;

import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.avatica.util.Quoting;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Objects;

/// A piece of a statement's text. It is parsed anew each time, since compiling changes trees; positions
/// and numbers of parameters are those of the whole statement.
///
/// @param sql the statement
/// @param start offset of the first character
/// @param end offset behind the last character
public record Fragment(String sql, int start, int end) {
    static final SqlParser.Config CONFIG =
            SqlParser.config()
                    .withParserFactory(LakeParser.FACTORY)
                    .withUnquotedCasing(Casing.UNCHANGED)
                    .withQuotedCasing(Casing.UNCHANGED)
                    .withCaseSensitive(false)
                    .withQuoting(Quoting.DOUBLE_QUOTE)
                    .withIdentifierMaxLength(4096)
                    .withConformance(LakeConformance.INSTANCE);

    private static final String FROM = "FROM ";

    /// Makes a fragment of a text that is nothing else.
    public static Fragment of(String text) {
        return new Fragment(text, 0, text.length());
    }

    /// Returns the text as it was typed.
    public String text() {
        return sql.substring(start, end);
    }

    /// Returns where the text begins.
    public SqlPosition position() {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < start; i++) {
            if (sql.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new SqlPosition(line, start - lineStart + 1);
    }

    /// Tells whether the text is the word DEFAULT.
    public boolean isDefault() {
        return text().strip().equalsIgnoreCase("default");
    }

    /// Parses an expression. Throws SYNTAX_ERROR.
    public SqlNode expression() {
        try {
            return numbered(SqlParser.create(source("", start), CONFIG).parseExpression());
        } catch (SqlParseException e) {
            throw ErrorTranslator.syntax(e, sql);
        }
    }

    /// Parses a query. Throws SYNTAX_ERROR.
    public SqlNode query() {
        try {
            return numbered(SqlParser.create(source("", start), CONFIG).parseStmt());
        } catch (SqlParseException e) {
            throw ErrorTranslator.syntax(e, sql);
        }
    }

    /// Parses items of FROM; another word must stand before them. Throws SYNTAX_ERROR.
    public SqlNode from() {
        try {
            String text =
                    start < FROM.length() ? FROM + text() : source(FROM, start - FROM.length());
            SqlSelect all = (SqlSelect) SqlParser.create(text, CONFIG).parseStmt();
            return numbered(Objects.requireNonNull(all.getFrom()));
        } catch (SqlParseException e) {
            throw ErrorTranslator.syntax(e, sql);
        }
    }

    /// Returns the text with blanks for what is before, where `word` stands at `at`.
    private String source(String word, int at) {
        String text = blank(sql, at) + word + sql.substring(start, end);
        return text.indexOf('$') < 0 ? text : DollarQuotes.replace(text, SqlLexer.tokens(text));
    }

    /// Returns the first characters of a text as blanks, lines kept.
    static String blank(String text, int end) {
        StringBuilder blanked = new StringBuilder(text.substring(0, end));
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c != '\n' && c != '\r' && c != '\t') {
                blanked.setCharAt(i, ' ');
            }
        }
        return blanked.toString();
    }

    private SqlNode numbered(SqlNode tree) {
        List<Token> before = start == 0 ? List.of() : SqlLexer.tokens(sql.substring(0, start));
        int shift = (int) before.stream().filter(t -> t.isSymbol("?")).count();
        if (shift == 0 || text().indexOf('?') < 0) {
            return tree;
        }
        return Objects.requireNonNull(
                tree.accept(
                        new SqlShuttle() {
                            @Override
                            public @Nullable SqlNode visit(SqlDynamicParam parameter) {
                                return new SqlDynamicParam(
                                        parameter.getIndex() + shift,
                                        parameter.getParserPosition());
                            }
                        }));
    }
}
