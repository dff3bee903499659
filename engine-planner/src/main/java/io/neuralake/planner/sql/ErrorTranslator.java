package io.neuralake.planner.sql;

import io.neuralake.planner.catalog.NearestName;
import io.neuralake.planner.catalog.StatementTables;
import io.neuralake.spi.catalog.Catalog;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.error.SqlPosition;

import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.runtime.CalciteException;
import org.apache.calcite.sql.parser.SqlParseException;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Turns Calcite's exceptions into errors for users: SQLSTATE, position, the nearest name.
final class ErrorTranslator {
    private record Rule(Pattern pattern, ErrorCode code, String message) {
        static Rule of(String regex, ErrorCode code, String message) {
            return new Rule(Pattern.compile(regex, Pattern.DOTALL), code, message);
        }
    }

    /// What Calcite says, and what we say; `$1` and so on are groups.
    private static final List<Rule> RULES =
            List.of(
                    Rule.of(
                            "Column '(.+)' is ambiguous.*",
                            ErrorCode.AMBIGUOUS_COLUMN,
                            "Column is ambiguous: $1"),
                    Rule.of(
                            "(?:Column|Column name) '(.+)' in (?:USING clause|NATURAL join or USING"
                                    + " clause) is not unique.*",
                            ErrorCode.AMBIGUOUS_COLUMN,
                            "Column is ambiguous: $1"),
                    Rule.of(
                            "Expression '(.+)' is not being grouped.*",
                            ErrorCode.GROUPING_ERROR,
                            "Column must be in GROUP BY or in an aggregate function: $1"),
                    Rule.of(
                            "Expression '(.+)' is not in the select clause.*",
                            ErrorCode.GROUPING_ERROR,
                            "ORDER BY of SELECT DISTINCT must be in the select list: $1"),
                    Rule.of(
                            "Aggregate expression is illegal in (.+) clause.*",
                            ErrorCode.GROUPING_ERROR,
                            "Aggregate functions are not allowed in $1"),
                    Rule.of(
                            "Windowed aggregate expression is illegal in (.+) clause.*",
                            ErrorCode.WINDOWING_ERROR,
                            "Window functions are not allowed in $1"),
                    Rule.of(
                            "Aggregate expressions cannot be nested.*",
                            ErrorCode.GROUPING_ERROR,
                            "Aggregate functions cannot be nested"),
                    Rule.of(
                            "Window '(.+)' not found.*",
                            ErrorCode.WINDOWING_ERROR,
                            "Window not found: $1"),
                    Rule.of(
                            "(OVER clause is necessary for window"
                                    + " functions|.*[Ww]indow.*|ROW/RANGE.*|.*frame.*)",
                            ErrorCode.WINDOWING_ERROR,
                            "$1"),
                    Rule.of(
                            "Duplicate relation name '(.+)' in FROM clause",
                            ErrorCode.DUPLICATE_NAME,
                            "Name is used twice in FROM: $1; give one an alias"),
                    Rule.of(
                            "Cannot apply '(.+?)' to arguments of type '(.+?)'\\..*",
                            ErrorCode.TYPE_MISMATCH,
                            "Operator $1 does not take these types: $2"),
                    Rule.of(
                            "Cast function cannot convert value of type (.+) to type (.+)",
                            ErrorCode.CANNOT_COERCE,
                            "Cannot cast $1 to $2"),
                    Rule.of(
                            "Invalid number of arguments to function '(.+)'\\. Was expecting (\\d+)"
                                    + " arguments",
                            ErrorCode.FUNCTION_NOT_FOUND,
                            "Wrong number of arguments for function $1: it takes $2"),
                    Rule.of(
                            "Type mismatch in column (\\d+) of (.+)",
                            ErrorCode.TYPE_MISMATCH,
                            "Types of column $1 do not fit together in $2"),
                    Rule.of(
                            "Column count mismatch in (.+)",
                            ErrorCode.SYNTAX_ERROR,
                            "Numbers of columns differ in $1"),
                    Rule.of(
                            "(Values passed to .+ operator must have compatible types|Illegal"
                                    + " mixing of types.*|Cannot infer return type for .*|.* clause"
                                    + " must be a condition|.*[Tt]ype"
                                    + " mismatch.*|.*incompatible.*|Parameters must be of the same"
                                    + " type.*)",
                            ErrorCode.TYPE_MISMATCH,
                            "$1"),
                    Rule.of(
                            "(Ordinal out of range|Unequal number of entries in ROW expressions)",
                            ErrorCode.COLUMN_NOT_FOUND,
                            "$1"),
                    Rule.of(
                            "(?:Numeric literal|Literal) '(.+?)' (?:out of range|can not be"
                                    + " parsed.*)",
                            ErrorCode.NUMERIC_OUT_OF_RANGE,
                            "Number out of range: $1"),
                    Rule.of(
                            "Illegal (DATE|TIME|TIMESTAMP|TIME WITH.*|TIMESTAMP WITH.*) literal"
                                    + " '?(.+?)'?:.*",
                            ErrorCode.INVALID_DATETIME,
                            "Not a $1: $2"),
                    Rule.of(
                            "(Illegal (?:INTERVAL|interval) literal.*|Interval"
                                    + " (?:field|leading).*)",
                            ErrorCode.INVALID_DATETIME,
                            "$1"),
                    Rule.of(
                            "No match found for function signature (.+)",
                            ErrorCode.FUNCTION_NOT_FOUND,
                            "Function not found: $1"));

    private static final Pattern COLUMN =
            Pattern.compile(
                    "Column '(.+?)' not found in (?:any table|table '(.+?)').*", Pattern.DOTALL);
    private static final Pattern UNKNOWN =
            Pattern.compile("Unknown (?:identifier|field) '(.+?)'.*");
    private static final Pattern TABLE =
            Pattern.compile("Table '(.+?)' not found.*", Pattern.DOTALL);
    private static final Pattern OBJECT =
            Pattern.compile("Object '(.+?)' not found(?: within '(.+?)')?.*", Pattern.DOTALL);
    private static final Pattern ENCOUNTERED =
            Pattern.compile(
                    "(?:Incorrect syntax near the keyword|Encountered) [\"'](.*?)[\"'] at line.*",
                    Pattern.DOTALL);
    private static final Pattern LEXICAL =
            Pattern.compile("Lexical error at line (\\d+), column (\\d+)\\..*", Pattern.DOTALL);

    private ErrorTranslator() {}

    /// Translates an exception of the parser.
    static NeuralakeException syntax(SqlParseException e, String sql) {
        if (e.getCause() instanceof CalciteContextException context) {
            return validation(context, null);
        }
        String message = String.valueOf(e.getMessage());
        SqlPosition position = Positions.of(e.getPos());
        Matcher lexical = LEXICAL.matcher(message);
        if (lexical.matches()) {
            position =
                    new SqlPosition(
                            Integer.parseInt(lexical.group(1)), Integer.parseInt(lexical.group(2)));
            return new NeuralakeException(
                    ErrorCode.SYNTAX_ERROR,
                    "Syntax error: unexpected character or unfinished text" + near(sql, position),
                    position,
                    e);
        }
        Matcher encountered = ENCOUNTERED.matcher(message);
        if (!encountered.matches()) {
            String first = message.lines().findFirst().orElse(message);
            return new NeuralakeException(
                    ErrorCode.SYNTAX_ERROR, "Syntax error: " + first, position, e);
        }
        String token = encountered.group(1);
        String what =
                token.contains("<EOF>") || token.isEmpty()
                        ? "Syntax error: the statement ends too early"
                        : "Syntax error near: " + first(token, sql, position);
        return new NeuralakeException(ErrorCode.SYNTAX_ERROR, what + expected(e), position, e);
    }

    /// Calcite shows all tokens that it looked at; the first is the culprit.
    private static String first(String token, String sql, @Nullable SqlPosition position) {
        if (position == null) {
            return token;
        }
        Optional<String> word =
                SqlLexer.tokens(sql).stream()
                        .filter(t -> t.position().equals(position))
                        .map(SqlLexer.Token::text)
                        .findFirst();
        return word.orElse(token);
    }

    private static String near(String sql, SqlPosition position) {
        String[] lines = sql.split("\n", -1);
        if (position.line() > lines.length) {
            return "";
        }
        String line = lines[position.line() - 1];
        int from = Math.min(position.column() - 1, line.length());
        String rest = line.substring(from, Math.min(line.length(), from + 20));
        return rest.isEmpty() ? "" : " near: " + rest;
    }

    /// Says what was expected when that is short.
    private static String expected(SqlParseException e) {
        List<String> names = new ArrayList<>();
        for (String name : e.getExpectedTokenNames()) {
            String plain = name.replace("\"", "");
            if (!names.contains(plain) && !plain.equals("<EOF>")) {
                names.add(plain);
            }
        }
        return names.isEmpty() || names.size() > 4
                ? ""
                : "; expected " + String.join(" or ", names);
    }

    /// Translates an exception of validation or conversion.
    ///
    /// @param tables what the statement has looked up so far, for the nearest name
    static NeuralakeException validation(Throwable e, @Nullable StatementTables tables) {
        SqlPosition position = null;
        Throwable root = e;
        while (true) {
            if (root instanceof NeuralakeException ours) {
                return ours;
            }
            if (root instanceof CalciteContextException context && context.getPosLine() > 0) {
                position = new SqlPosition(context.getPosLine(), context.getPosColumn());
            }
            Throwable cause = root.getCause();
            if (cause == null) {
                break;
            }
            root = cause;
        }
        String message = String.valueOf(root.getMessage()).replace(" NOT NULL", "");
        if (root instanceof StackOverflowError) {
            return new NeuralakeException(
                    ErrorCode.STATEMENT_TOO_COMPLEX, "Statement is nested too deeply", e);
        }
        NeuralakeException unknown = unknownName(message, position, e, tables);
        if (unknown != null) {
            return unknown;
        }
        for (Rule rule : RULES) {
            Matcher matcher = rule.pattern.matcher(message);
            if (matcher.matches()) {
                return new NeuralakeException(
                        rule.code, matcher.replaceFirst(rule.message), position, e);
            }
        }
        if (root instanceof CalciteException || e instanceof CalciteContextException) {
            return new NeuralakeException(ErrorCode.SYNTAX_ERROR, message, position, e);
        }
        if (root instanceof UnsupportedOperationException) {
            return new NeuralakeException(
                    ErrorCode.UNSUPPORTED, "Not supported: " + message, position, e);
        }
        return new NeuralakeException(
                ErrorCode.INTERNAL_ERROR,
                "Planning failed: " + root.getClass().getSimpleName() + ": " + message,
                position,
                e);
    }

    /// Returns the name in an error that a table is not in FROM; null for other errors.
    static @Nullable String missingTable(Throwable e) {
        return name(e, TABLE);
    }

    /// Returns the name in an error that a column is not there; null for other errors.
    static @Nullable String missingColumn(Throwable e) {
        return name(e, COLUMN);
    }

    private static @Nullable String name(Throwable e, Pattern pattern) {
        Throwable root = e;
        Throwable cause = root.getCause();
        while (cause != null) {
            root = cause;
            cause = root.getCause();
        }
        Matcher matcher = pattern.matcher(String.valueOf(root.getMessage()));
        return matcher.matches() ? matcher.group(1) : null;
    }

    private static @Nullable NeuralakeException unknownName(
            String message,
            @Nullable SqlPosition position,
            Throwable cause,
            @Nullable StatementTables tables) {
        Matcher column = COLUMN.matcher(message);
        Matcher identifier = UNKNOWN.matcher(message);
        if (column.matches() || identifier.matches()) {
            String name = column.matches() ? column.group(1) : identifier.group(1);
            String hint = tables == null ? "" : NearestName.hint(name, tables.columnNames());
            return new NeuralakeException(
                    ErrorCode.COLUMN_NOT_FOUND,
                    "Column not found: " + name + hint,
                    position,
                    cause);
        }
        Matcher table = TABLE.matcher(message);
        if (table.matches()) {
            String name = table.group(1);
            String hint = tables == null ? "" : NearestName.hint(name, tables.tableNames());
            return new NeuralakeException(
                    ErrorCode.TABLE_NOT_FOUND,
                    "Table or alias not found in FROM: " + name + hint,
                    position,
                    cause);
        }
        Matcher object = OBJECT.matcher(message);
        if (object.matches()) {
            return new NeuralakeException(
                    ErrorCode.TABLE_NOT_FOUND,
                    "Table not found: " + object.group(1),
                    position,
                    cause);
        }
        return null;
    }

    /// Explains why a table of this name is not there: its catalog, its schema or itself is missing.
    static NeuralakeException tableNotFound(
            List<String> names,
            @Nullable SqlPosition position,
            StatementTables tables,
            String defaultCatalog,
            String defaultSchema) {
        String catalogName = names.size() > 2 ? names.get(names.size() - 3) : defaultCatalog;
        Optional<Catalog> catalog = tables.catalog(catalogName);
        if (names.size() > 3 || catalog.isEmpty()) {
            List<String> known = tables.catalogs().stream().map(Catalog::name).toList();
            return new NeuralakeException(
                    ErrorCode.CATALOG_NOT_FOUND,
                    "Catalog not found: " + catalogName + NearestName.hint(catalogName, known),
                    position,
                    null);
        }
        String schemaName = names.size() > 1 ? names.get(names.size() - 2) : defaultSchema;
        Optional<String> schema = StatementTables.schema(catalog.get(), schemaName);
        if (schema.isEmpty()) {
            return new NeuralakeException(
                    ErrorCode.SCHEMA_NOT_FOUND,
                    "Schema not found: "
                            + schemaName
                            + NearestName.hint(schemaName, StatementTables.schemas(catalog.get())),
                    position,
                    null);
        }
        String table = names.get(names.size() - 1);
        return new NeuralakeException(
                ErrorCode.TABLE_NOT_FOUND,
                "Table not found: "
                        + String.join(".", names)
                        + NearestName.hint(table, tables.tables(catalog.get(), schema.get())),
                position,
                null);
    }
}
