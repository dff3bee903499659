package io.neuralake.planner.sql;

import io.neuralake.planner.sql.SqlLexer.Kind;
import io.neuralake.planner.sql.SqlLexer.Token;
import io.neuralake.planner.sql.Statement.ShowKind;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.error.SqlPosition;

import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Parses one statement. Queries go to the grammar generated from Calcite's; commands such as SHOW
/// are read here. Positions are those of the whole text.
public final class StatementParser {
    private static final Set<String> QUERY_WORDS =
            Set.of("select", "with", "values", "from", "table");
    private static final Set<String> UPDATES =
            Set.of(
                    "create",
                    "grant",
                    "revoke",
                    "savepoint",
                    "release",
                    "attach",
                    "detach",
                    "install",
                    "load",
                    "export",
                    "import",
                    "call",
                    "prepare",
                    "execute",
                    "deallocate",
                    "refresh",
                    "lock",
                    "upsert");

    private final String sql;
    private final List<Token> tokens;
    private int next;

    private StatementParser(String sql) {
        this.sql = sql;
        this.tokens = new ArrayList<>(SqlLexer.tokens(sql));
        while (!tokens.isEmpty() && tokens.getLast().isSymbol(";")) {
            tokens.removeLast();
        }
    }

    /// Parses a statement; a semicolon may end it. Throws SYNTAX_ERROR.
    public static Statement parse(String sql) {
        StatementParser parser = new StatementParser(sql);
        if (parser.tokens.isEmpty()) {
            throw new NeuralakeException(
                    ErrorCode.SYNTAX_ERROR, "Syntax error: the statement is empty");
        }
        return parser.statement();
    }

    /// Parses a query text that was made by this program.
    public static SqlNode query(String sql) {
        return new StatementParser(sql).query(0);
    }

    private Statement statement() {
        Token first = tokens.get(next);
        String word = first.kind() == Kind.WORD ? first.text().toLowerCase(Locale.ROOT) : "";
        if (QUERY_WORDS.contains(word) || first.isSymbol("(")) {
            return new Statement.Query(query(first.start()));
        }
        return switch (word) {
            case "insert" -> new Statement.Change(new ChangeParser(cursor()).insert());
            case "delete" -> new Statement.Change(new ChangeParser(cursor()).delete());
            case "update" -> new Statement.Change(new ChangeParser(cursor()).update());
            case "merge" -> new Statement.Change(new ChangeParser(cursor()).merge());
            case "truncate" -> new Statement.Change(new ChangeParser(cursor()).truncate());
            case "copy" ->
                    isWord(1, "into")
                            ? new Statement.Change(new ChangeParser(cursor()).copy())
                            : unsupported(word);
            case "create", "replace", "drop", "alter" -> ofTable(word);
            case "comment" -> new Statement.Definition(new DefinitionParser(cursor()).comment());
            case "optimize" -> new Statement.Definition(new DefinitionParser(cursor()).optimize());
            case "vacuum" -> new Statement.Definition(new DefinitionParser(cursor()).vacuum());
            case "restore" -> new Statement.Definition(new DefinitionParser(cursor()).restore());
            case "checkpoint" ->
                    new Statement.Definition(new DefinitionParser(cursor()).checkpoint());
            case "begin", "start", "commit", "end", "rollback", "abort" -> transaction(word);
            case "explain" -> explain();
            case "describe", "desc" -> describe();
            case "summarize" -> summarize();
            case "analyze" -> analyze();
            case "show" -> show();
            case "set" -> set();
            case "reset" -> reset();
            case "use" -> use();
            default -> {
                if (UPDATES.contains(word)) {
                    yield unsupported(word);
                }
                throw near(first);
            }
        };
    }

    private TokenCursor cursor() {
        return new TokenCursor(sql, tokens, next);
    }

    /// Parses CREATE, REPLACE, DROP and ALTER, if they are about a table.
    private Statement ofTable(String word) {
        boolean table =
                isWord(1, "table") || isWord(1, "or") && isWord(2, "replace") && isWord(3, "table");
        if (!table && !word.equals("replace")) {
            return unsupported(word);
        }
        DefinitionParser parser = new DefinitionParser(cursor());
        return new Statement.Definition(
                switch (word) {
                    case "drop" -> parser.drop();
                    case "alter" -> parser.alter();
                    default -> parser.create();
                });
    }

    private boolean isWord(int ahead, String word) {
        return next + ahead < tokens.size() && tokens.get(next + ahead).is(word);
    }

    private Statement transaction(String word) {
        next++;
        if (word.equals("start")) {
            expect("transaction");
        } else if (!takes("transaction")) {
            takes("work");
        }
        end();
        return new Statement.Transaction(
                switch (word) {
                    case "begin", "start" -> Statement.TransactionKind.BEGIN;
                    case "commit", "end" -> Statement.TransactionKind.COMMIT;
                    default -> Statement.TransactionKind.ROLLBACK;
                });
    }

    private Statement unsupported(String word) {
        String what = word.toUpperCase(Locale.ROOT);
        if (tokens.size() > next + 1
                && tokens.get(next + 1).kind() == Kind.WORD
                && Set.of("create", "drop", "alter", "start", "comment").contains(word)) {
            what += " " + tokens.get(next + 1).text().toUpperCase(Locale.ROOT);
        }
        return new Statement.Unsupported(what);
    }

    /// Parses the text from `start` on; what is before is blanked out, so that positions hold.
    private SqlNode query(int start) {
        return query(start, "");
    }

    /// Parses the text from `start` on, where `word` takes the place of what stands there.
    private SqlNode query(int start, String word) {
        String rest = sql.substring(start + word.length());
        String text = Fragment.blank(sql, start) + word + rest;
        int end = tokens.isEmpty() ? text.length() : tokens.getLast().end();
        String shown = text.substring(0, end);
        try {
            SqlNode node =
                    SqlParser.create(DollarQuotes.replace(shown, tokens), Fragment.CONFIG)
                            .parseStmt();
            SqlKind kind = node.getKind();
            if (!kind.belongsTo(SqlKind.QUERY) && kind != SqlKind.ORDER_BY) {
                throw near(tokens.get(next));
            }
            return node;
        } catch (SqlParseException e) {
            throw ErrorTranslator.syntax(e, sql);
        }
    }

    private Statement explain() {
        next++;
        boolean analyze = takes("analyze");
        if (takesSymbol("(")) {
            while (!takesSymbol(")")) {
                analyze |= take("an option").is("analyze");
            }
        }
        if (takes("plan")) {
            expect("for");
        }
        peek("a statement");
        return new Statement.Explain(analyze, statement());
    }

    private Statement describe() {
        next++;
        Token token = peek("a table or query");
        if (token.kind() == Kind.WORD
                        && QUERY_WORDS.contains(token.text().toLowerCase(Locale.ROOT))
                        && !(token.is("table") && isNameNext(next + 1))
                || token.isSymbol("(")) {
            return new Statement.DescribeQuery(query(token.start()));
        }
        takes("table");
        Token source = peek("a table");
        if (source.kind() == Kind.STRING) {
            // "FROM 'file'" is a query: FROM takes the place of DESCRIBE, so that positions hold.
            next++;
            end();
            int start = source.start() - "FROM ".length();
            return new Statement.DescribeQuery(query(start, "FROM"));
        }
        TableName name = name();
        end();
        return new Statement.DescribeTable(name);
    }

    private boolean isNameNext(int index) {
        return index < tokens.size()
                && (tokens.get(index).kind() == Kind.WORD
                        || tokens.get(index).kind() == Kind.QUOTED_NAME);
    }

    private Statement summarize() {
        next++;
        Token token = peek("a table or query");
        boolean query =
                token.isSymbol("(")
                        || token.kind() == Kind.WORD
                                && QUERY_WORDS.contains(token.text().toLowerCase(Locale.ROOT));
        int end = tokens.getLast().end();
        if (query) {
            query(token.start()); // errors keep their position
        } else if (token.kind() != Kind.STRING) {
            name();
            end();
        }
        return new Statement.Summarize(sql.substring(token.start(), end), !query);
    }

    private Statement analyze() {
        next++;
        if (next == tokens.size()) {
            return new Statement.Analyze(null, List.of());
        }
        if (tokens.get(next).is("table") && isNameNext(next + 1)) {
            next++;
        }
        TableName table = name();
        List<TableName> columns = new ArrayList<>();
        if (takesSymbol("(")) {
            do {
                Token column = take("a column");
                if (column.kind() != Kind.WORD && column.kind() != Kind.QUOTED_NAME) {
                    throw near(column);
                }
                columns.add(new TableName(List.of(column.name()), column.position()));
            } while (takesSymbol(","));
            if (!takesSymbol(")")) {
                throw near(peek(")"));
            }
        }
        end();
        return new Statement.Analyze(table, columns);
    }

    private Statement show() {
        next++;
        if (takes("all") && next == tokens.size()) {
            return new Statement.Show(ShowKind.SETTINGS, null, null);
        }
        if (takes("create")) {
            return new Statement.Definition(new DefinitionParser(cursor()).showCreate());
        }
        takes("full");
        Token token = take("what to show");
        String word = token.text().toLowerCase(Locale.ROOT);
        return switch (word) {
            case "catalogs", "databases" -> shown(ShowKind.CATALOGS);
            case "schemas" -> shown(ShowKind.SCHEMAS);
            case "tables" -> shown(ShowKind.TABLES);
            case "functions" -> shown(ShowKind.FUNCTIONS);
            case "settings" -> shown(ShowKind.SETTINGS);
            case "columns", "fields" -> {
                if (!takes("from")) {
                    expect("in");
                }
                TableName name = name();
                end();
                yield new Statement.DescribeTable(name);
            }
            default -> {
                StringBuilder name = new StringBuilder(token.name());
                while (next < tokens.size()) {
                    name.append(tokens.get(next++).text());
                }
                yield new Statement.ShowSetting(name.toString());
            }
        };
    }

    private Statement shown(ShowKind kind) {
        TableName from = null;
        if (takes("from") || takes("in")) {
            from = name();
        }
        String like = null;
        if (takes("like")) {
            Token pattern = take("a pattern");
            if (pattern.kind() != Kind.STRING) {
                throw near(pattern);
            }
            like = unquote(pattern.text());
        }
        end();
        return new Statement.Show(kind, from, like);
    }

    private Statement set() {
        next++;
        if (!takes("session")) {
            takes("local");
        }
        StringBuilder name = new StringBuilder(take("the name of a setting").name());
        if (name.toString().equalsIgnoreCase("time") && takes("zone")) {
            return new Statement.SetOption("timezone", value());
        }
        while (takesSymbol(".")) {
            name.append('.').append(take("a name").name());
        }
        if (!takesSymbol("=") && !takes("to")) {
            throw near(peek("="));
        }
        return new Statement.SetOption(name.toString().toLowerCase(Locale.ROOT), value());
    }

    private Optional<String> value() {
        Token first = peek("a value");
        if (first.is("default")) {
            next++;
            end();
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder();
        while (next < tokens.size()) {
            Token token = tokens.get(next++);
            text.append(
                    switch (token.kind()) {
                        case STRING -> unquote(token.text());
                        case QUOTED_NAME -> token.name();
                        default -> token.text();
                    });
        }
        return Optional.of(text.toString());
    }

    private Statement reset() {
        next++;
        if (takes("all")) {
            end();
            return new Statement.ResetAll();
        }
        StringBuilder name = new StringBuilder(take("the name of a setting").name());
        while (takesSymbol(".")) {
            name.append('.').append(take("a name").name());
        }
        end();
        return new Statement.SetOption(name.toString().toLowerCase(Locale.ROOT), Optional.empty());
    }

    private Statement use() {
        next++;
        takes("schema");
        TableName name = name();
        end();
        return new Statement.Use(name);
    }

    private TableName name() {
        List<String> parts = new ArrayList<>();
        Token first = peek("a name");
        do {
            Token token = take("a name");
            if (token.kind() != Kind.WORD && token.kind() != Kind.QUOTED_NAME) {
                throw near(token);
            }
            parts.add(token.name());
        } while (takesSymbol("."));
        return new TableName(parts, first.position());
    }

    private static String unquote(String text) {
        return text.length() >= 2 ? text.substring(1, text.length() - 1).replace("''", "'") : text;
    }

    private boolean takes(String keyword) {
        if (next < tokens.size() && tokens.get(next).is(keyword)) {
            next++;
            return true;
        }
        return false;
    }

    private boolean takesSymbol(String symbol) {
        if (next < tokens.size() && tokens.get(next).isSymbol(symbol)) {
            next++;
            return true;
        }
        return false;
    }

    private void expect(String keyword) {
        if (!takes(keyword)) {
            throw near(peek(keyword.toUpperCase(Locale.ROOT)));
        }
    }

    private Token peek(String expected) {
        if (next >= tokens.size()) {
            throw new NeuralakeException(
                    ErrorCode.SYNTAX_ERROR,
                    "Syntax error: the statement ends too early; expected " + expected,
                    endPosition(),
                    null);
        }
        return tokens.get(next);
    }

    private Token take(String expected) {
        Token token = peek(expected);
        next++;
        return token;
    }

    private void end() {
        if (next < tokens.size()) {
            throw near(tokens.get(next));
        }
    }

    private @Nullable SqlPosition endPosition() {
        if (tokens.isEmpty()) {
            return null;
        }
        Token last = tokens.getLast();
        return new SqlPosition(
                last.position().line(), last.position().column() + last.text().length());
    }

    private static NeuralakeException near(Token token) {
        return new NeuralakeException(
                ErrorCode.SYNTAX_ERROR,
                "Syntax error near: " + token.text(),
                token.position(),
                null);
    }
}
