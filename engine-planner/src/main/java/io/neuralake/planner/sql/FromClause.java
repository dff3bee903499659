package io.neuralake.planner.sql;

import io.neuralake.planner.catalog.LakeCatalogReader;
import io.neuralake.planner.catalog.NearestName;
import io.neuralake.planner.sql.grammar.LakeParser;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.function.TableFunction;

import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlAsofJoin;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSnapshot;
import org.apache.calcite.sql.SqlTableRef;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Rewrites FROM: files, table functions, series, as-of joins.
final class FromClause {
    private final Dialect dialect;
    private final FromSources sources;

    FromClause(Dialect dialect, FromSources sources) {
        this.dialect = dialect;
        this.sources = sources;
    }

    /// Rewrites an item of FROM.
    ///
    /// @param named whether an alias follows
    SqlNode rewrite(SqlNode node, boolean named) {
        return switch (node) {
            case SqlIdentifier id -> table(id, named);
            case SqlAsofJoin join -> AsofConditions.rewrite((SqlAsofJoin) joined(join));
            case SqlJoin join -> joined(join);
            case SqlTableRef ref -> rewrite(ref.operand(0), named);
            case SqlCall call -> call(call, named);
            default -> dialect.apply(node);
        };
    }

    /// Conditions that semi and anti joins add to the WHERE of their SELECT.
    private final List<SqlNode> filters = new ArrayList<>();

    /// Returns and forgets the conditions that semi and anti joins left.
    List<SqlNode> takeFilters() {
        List<SqlNode> taken = List.copyOf(filters);
        filters.clear();
        return taken;
    }

    private SqlNode joined(SqlJoin join) {
        if (join.getJoinType() == JoinType.LEFT_SEMI_JOIN
                || join.getJoinType() == JoinType.LEFT_ANTI_JOIN) {
            SqlNode left = rewrite(join.getLeft(), false);
            SqlNode condition = SemiJoins.exists(join);
            filters.add(dialect.apply(condition));
            return left;
        }
        join.setLeft(rewrite(join.getLeft(), false));
        join.setRight(rewrite(join.getRight(), false));
        dialect.condition(join);
        if (join instanceof SqlAsofJoin asof
                && !ConstantExpression.isNull(asof.getMatchCondition())) {
            asof.setOperand(6, dialect.apply(asof.getMatchCondition()));
        }
        return join;
    }

    private SqlNode call(SqlCall call, boolean named) {
        return switch (call.getKind()) {
            case AS -> {
                SqlNode source = call.operand(0);
                call.setOperand(0, rewrite(source, true));
                yield call.operandCount() == 2 ? withColumns(source, call) : call;
            }
            case COLLECTION_TABLE -> function(call, named);
            case LATERAL, TABLESAMPLE, PIVOT, UNPIVOT -> {
                call.setOperand(0, rewrite(call.operand(0), named));
                yield call;
            }
            case UNNEST -> {
                dialect.apply(call);
                yield named ? call : alias(call, "unnest");
            }
            case VALUES -> {
                dialect.apply(call);
                yield named ? call : namedValues(call);
            }
            case SNAPSHOT -> version((SqlSnapshot) call, named);
            default -> dialect.apply(call);
        };
    }

    /// Makes `SELECT * FROM values`.
    static SqlNode selectAll(SqlNode values) {
        SqlParserPos pos = values.getParserPosition();
        return new SqlSelect(
                pos,
                SqlNodeList.EMPTY,
                SqlNodeList.of(SqlIdentifier.star(pos)),
                values,
                null,
                null,
                null,
                SqlNodeList.EMPTY,
                null,
                null,
                null,
                null,
                SqlNodeList.EMPTY);
    }

    /// Names the columns of VALUES.
    private static SqlNode namedValues(SqlCall values) {
        SqlParserPos pos = values.getParserPosition();
        List<SqlNode> operands = new ArrayList<>();
        operands.add(values);
        operands.add(new SqlIdentifier("values", pos.withQuoting(true)));
        operands.addAll(valuesColumns(values));
        return SqlStdOperatorTable.AS.createCall(pos, operands);
    }

    private SqlNode table(SqlIdentifier id, boolean named) {
        if (id.names.size() != 2 || !id.names.get(1).equals(LakeParser.FILE_MARK)) {
            return id;
        }
        String path = id.names.getFirst();
        try {
            String key = sources.keep("file:" + path, () -> sources.file(path));
            SqlNode table = adHoc(key, id.getParserPosition());
            return named ? table : alias(table, stem(path));
        } catch (NeuralakeException e) {
            throw located(e, id);
        }
    }

    /// Rewrites `t FOR VERSION AS OF n` and `t FOR TIMESTAMP AS OF time`.
    private SqlNode version(SqlSnapshot snapshot, boolean named) {
        if (!(snapshot.getTableRef() instanceof SqlIdentifier table)) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Only tables have versions",
                    Positions.of(snapshot),
                    null);
        }
        SqlNode period = snapshot.getPeriod();
        Supplier<TableVersion> version;
        if (period.getKind() == SqlKind.ROW) {
            SqlNode number = ((SqlCall) period).operand(0);
            if (!(ConstantExpression.value(number).orElse(null) instanceof Long value)) {
                throw new NeuralakeException(
                        ErrorCode.INVALID_PARAMETER,
                        "A version must be an integer: " + number,
                        Positions.of(number),
                        null);
            }
            version = () -> new TableVersion.Number(value);
        } else {
            version = () -> new TableVersion.Time(sources.instant(() -> instant(period)));
        }
        try {
            String key =
                    sources.keep(
                            "version:" + table.names + " " + period,
                            () -> sources.version(table.names, version.get()));
            SqlNode found = adHoc(key, table.getParserPosition());
            return named ? found : alias(found, table.names.getLast());
        } catch (NeuralakeException e) {
            throw located(e, table);
        }
    }

    /// Makes `VALUES (CAST(expression AS TIMESTAMP WITH TIME ZONE))`.
    private static SqlNode instant(SqlNode expression) {
        SqlParserPos pos = expression.getParserPosition();
        SqlNode cast =
                Calls.cast(SyntaxCopy.of(expression), SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE);
        return SqlStdOperatorTable.VALUES.createCall(
                pos, SqlStdOperatorTable.ROW.createCall(pos, cast));
    }

    private static NeuralakeException located(NeuralakeException e, SqlNode node) {
        return e.position().isPresent()
                ? e
                : new NeuralakeException(
                        e.code(), String.valueOf(e.getMessage()), Positions.of(node), e);
    }

    private static SqlNode adHoc(String key, SqlParserPos pos) {
        return new SqlIdentifier(
                List.of(LakeCatalogReader.AD_HOC, key), null, pos, List.of(pos, pos));
    }

    private static SqlNode alias(SqlNode node, String name) {
        SqlParserPos pos = node.getParserPosition();
        return SqlStdOperatorTable.AS.createCall(pos, node, new SqlIdentifier(name, pos));
    }

    /// Returns a file's name without folder and ending.
    private static String stem(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        int dot = name.indexOf('.');
        String stem = dot > 0 ? name.substring(0, dot) : name;
        return stem.isEmpty() ? path : stem;
    }

    private SqlNode function(SqlCall source, boolean named) {
        SqlCall call = source.operand(0);
        if (call.getOperator().getName().equals(TableFunctionOperator.NAME)) {
            return source; // A semi-join's condition is visited again as a sub-query.
        }
        String name = call.getOperator().getName().toLowerCase(Locale.ROOT);
        if (isSeries(name)) {
            SqlNode series = series(name, call);
            SqlParserPos pos = call.getParserPosition();
            return named
                    ? series
                    : SqlStdOperatorTable.AS.createCall(
                            pos,
                            series,
                            new SqlIdentifier(name, pos),
                            new SqlIdentifier(name, pos));
        }
        Optional<TableFunction> function = sources.function(name);
        if (function.isEmpty()) {
            List<String> known = new ArrayList<>(sources.functionNames());
            known.addAll(List.of("generate_series", "range", "unnest"));
            throw new NeuralakeException(
                    ErrorCode.FUNCTION_NOT_FOUND,
                    "Table function not found: " + name + NearestName.hint(name, known),
                    Positions.of(call),
                    null);
        }
        List<Object> arguments = new ArrayList<>();
        Map<String, Object> options = new TreeMap<>();
        List<SqlNode> operands = call.getOperandList();
        List<String> table = function.get().takesTable() ? tableArgument(name, call) : List.of();
        for (SqlNode operand : table.isEmpty() ? operands : operands.subList(1, operands.size())) {
            argument(operand, name, arguments, options);
        }
        try {
            String key =
                    sources.keep(
                            name + table + arguments + options,
                            () -> {
                                List<Object> values = new ArrayList<>();
                                if (!table.isEmpty()) {
                                    values.add(sources.newest(table));
                                }
                                values.addAll(arguments);
                                return function.get().bind(values, options);
                            });
            SqlNode found = adHoc(key, call.getParserPosition());
            return named ? found : alias(found, name);
        } catch (NeuralakeException e) {
            throw located(e, call);
        }
    }

    /// Reads the name of a table from a function's first argument.
    private static List<String> tableArgument(String function, SqlCall call) {
        SqlNode first = call.operandCount() == 0 ? call : call.operand(0);
        if (first instanceof SqlIdentifier id && !id.isStar()) {
            return id.names;
        }
        if (ConstantExpression.value(first).orElse(null) instanceof String text) {
            return List.of(text.split("\\."));
        }
        throw new NeuralakeException(
                ErrorCode.INVALID_PARAMETER,
                "Function takes a table: " + function + "(t)",
                Positions.of(call),
                null);
    }

    /// Reads an argument: `value`, `name => value` or `name = value`.
    private static void argument(
            SqlNode operand, String function, List<Object> arguments, Map<String, Object> options) {
        SqlNode value = operand;
        String name = null;
        if (operand.getKind() == SqlKind.ARGUMENT_ASSIGNMENT) {
            name = ((SqlCall) operand).operand(1).toString();
            value = ((SqlCall) operand).operand(0);
        } else if (operand.getKind() == SqlKind.EQUALS
                && ((SqlCall) operand).operand(0) instanceof SqlIdentifier id) {
            name = id.toString();
            value = ((SqlCall) operand).operand(1);
        }
        SqlNode constant = value;
        Object read =
                ConstantExpression.value(value)
                        .orElseThrow(
                                () ->
                                        new NeuralakeException(
                                                ErrorCode.INVALID_PARAMETER,
                                                "Arguments must be constant: " + function,
                                                Positions.of(constant),
                                                null));
        if (name == null) {
            arguments.add(read);
        } else {
            options.put(name.toLowerCase(Locale.ROOT), read);
        }
    }

    private static boolean isSeries(String name) {
        return name.equals("generate_series") || name.equals("range");
    }

    /// Names the columns of VALUES or a series under an alias without columns.
    private static SqlNode withColumns(SqlNode source, SqlCall as) {
        if (source.getKind() != SqlKind.VALUES) {
            return columnOfSeries(source, as);
        }
        List<SqlNode> operands = new ArrayList<>(as.getOperandList());
        operands.addAll(valuesColumns((SqlCall) source));
        return SqlStdOperatorTable.AS.createCall(as.getParserPosition(), operands);
    }

    private static List<SqlNode> valuesColumns(SqlCall values) {
        List<SqlNode> names = new ArrayList<>();
        int columns = ((SqlCall) values.operand(0)).operandCount();
        for (int i = 0; i < columns; i++) {
            names.add(new SqlIdentifier("col" + i, values.getParserPosition()));
        }
        return names;
    }

    private static SqlNode columnOfSeries(SqlNode source, SqlCall as) {
        if (source.getKind() != SqlKind.COLLECTION_TABLE
                || !isSeries(
                        ((SqlCall) source)
                                .<SqlCall>operand(0)
                                .getOperator()
                                .getName()
                                .toLowerCase(Locale.ROOT))) {
            return as;
        }
        String name = ((SqlCall) source).<SqlCall>operand(0).getOperator().getName();
        SqlParserPos pos = as.getParserPosition();
        return SqlStdOperatorTable.AS.createCall(
                pos,
                as.operand(0),
                as.operand(1),
                new SqlIdentifier(name.toLowerCase(Locale.ROOT), pos));
    }

    /// Makes `generate_series(start, stop, step)`, both ends included; `range` leaves out its stop.
    private SqlNode series(String name, SqlCall call) {
        SqlParserPos pos = call.getParserPosition();
        List<SqlNode> arguments = dialect.all(call.getOperandList());
        if (arguments.isEmpty() || arguments.size() > 3) {
            throw new NeuralakeException(
                    ErrorCode.FUNCTION_NOT_FOUND,
                    "Wrong number of arguments for function " + name + ": it takes 1 to 3",
                    Positions.of(call),
                    null);
        }
        SqlNode start = arguments.size() == 1 ? Calls.number(0, pos) : arguments.get(0);
        SqlNode stop = arguments.size() == 1 ? arguments.get(0) : arguments.get(1);
        SqlNode step = arguments.size() == 3 ? arguments.get(2) : Calls.number(1, pos);
        if (name.equals("range")) {
            SqlNode direction = direction(step);
            stop = SqlStdOperatorTable.MINUS.createCall(pos, stop, direction);
        }
        SqlCall series =
                Calls.of(
                        TableFunctionOperator.NAME,
                        pos,
                        Calls.cast(start, SqlTypeName.BIGINT),
                        Calls.cast(stop, SqlTypeName.BIGINT),
                        Calls.cast(step, SqlTypeName.BIGINT));
        return SqlStdOperatorTable.COLLECTION_TABLE.createCall(pos, series);
    }

    /// Returns the sign of a step.
    private static SqlNode direction(SqlNode step) {
        SqlParserPos pos = step.getParserPosition();
        return ConstantExpression.value(step).orElse(null) instanceof Long number
                ? Calls.number(Long.signum(number), pos)
                : Calls.cast(
                        Calls.of("sign", pos, Calls.cast(step, SqlTypeName.DOUBLE)),
                        SqlTypeName.BIGINT);
    }
}
