package io.neuralake.planner.write;

import io.neuralake.planner.sql.ChangeStatement.Insert;
import io.neuralake.planner.sql.Fragment;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.spi.change.ColumnDefinition;
import io.neuralake.spi.change.TableAlteration;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/// Makes the query of an INSERT: the rows of its source as rows of the table.
final class InsertQuery {
    private static final String SOURCE = "$source";

    private final Scope scope;
    private final boolean byName;
    private final boolean evolve;
    private final List<TableName> named;
    private Target target;
    private final List<TableAlteration> alterations = new ArrayList<>();

    /// For each column of the source the column of the table.
    private int[] columns = new int[0];

    private InsertQuery(Scope scope, List<TableName> named, boolean byName, boolean evolve) {
        this.scope = scope;
        this.target = scope.target();
        this.named = named;
        this.byName = byName;
        this.evolve = evolve;
    }

    static ChangeQuery of(Scope scope, Insert insert) {
        Fragment source = insert.source();
        InsertQuery query =
                new InsertQuery(scope, insert.columns(), insert.byName(), insert.evolve());
        if (source == null) {
            return query.defaults();
        }
        return query.rows(source::query, insert.replaceWhere());
    }

    /// Makes the query that appends the rows of another, by the names of their columns.
    static ChangeQuery byName(Scope scope, Supplier<SqlNode> source, boolean evolve) {
        return new InsertQuery(scope, List.of(), true, evolve).rows(source, null);
    }

    private ChangeQuery defaults() {
        return complete(
                () ->
                        Syntax.select(
                                items(i -> target.defaultValue(i)),
                                Syntax.as(one(), SOURCE, List.of("x")),
                                null),
                null);
    }

    private static SqlNode one() {
        return Syntax.values(List.of(Syntax.row(List.of(Syntax.number(1)))));
    }

    private ChangeQuery rows(Supplier<SqlNode> source, @Nullable Fragment where) {
        SqlNode sample = source.get();
        boolean values = sample.getKind() == SqlKind.VALUES && !byName;
        if (values) {
            mapPositions(width((SqlCall) sample), List.of());
        } else {
            OptionalInt width = width(sample);
            if (byName || evolve || width.isEmpty()) {
                Schema schema = scope.columns(source);
                if (byName) {
                    mapNames(schema);
                } else {
                    mapPositions(schema.size(), schema.fields());
                }
            } else {
                mapPositions(width.getAsInt(), List.of());
            }
        }
        Supplier<SqlNode> rows =
                () -> {
                    SqlNode tree = source.get();
                    return values ? assigned((SqlCall) tree) : assigned(tree);
                };
        return complete(rows, where);
    }

    /// Counts the columns of VALUES, whose rows must have equally many.
    private static int width(SqlCall values) {
        int width = ((SqlCall) values.operand(0)).operandCount();
        for (SqlNode row : values.getOperandList()) {
            if (((SqlCall) row).operandCount() != width) {
                throw new NeuralakeException(
                        ErrorCode.SYNTAX_ERROR,
                        "Rows of VALUES must have equally many values",
                        Places.of(row),
                        null);
            }
        }
        return width;
    }

    /// Counts the columns of a SELECT that spells them out.
    private static OptionalInt width(SqlNode query) {
        if (!(query instanceof SqlSelect select)) {
            return OptionalInt.empty();
        }
        for (SqlNode item : select.getSelectList()) {
            boolean plain =
                    item instanceof SqlIdentifier id && !id.isStar()
                            || item.getKind() == SqlKind.LITERAL
                            || item.getKind() == SqlKind.DYNAMIC_PARAM
                            || item.getKind() == SqlKind.AS;
            if (!plain) {
                return OptionalInt.empty();
            }
        }
        return OptionalInt.of(select.getSelectList().size());
    }

    private void mapPositions(int width, List<Field> fields) {
        if (!named.isEmpty()) {
            columns = new int[named.size()];
            Set<Integer> seen = new HashSet<>();
            for (int i = 0; i < columns.length; i++) {
                columns[i] = target.column(named.get(i), null);
                if (!seen.add(columns[i])) {
                    throw new NeuralakeException(
                            ErrorCode.DUPLICATE_NAME,
                            "Column is named twice: " + named.get(i),
                            named.get(i).position(),
                            null);
                }
            }
            checkWidth(width, columns.length);
            return;
        }
        int own = 0;
        for (int i = 0; i < target.size(); i++) {
            own += target.isGenerated(i) ? 0 : 1;
        }
        if (evolve && width > target.size()) {
            add(fields.subList(target.size(), width));
        }
        boolean withoutGenerated = width == own && own < target.size();
        checkWidth(width, withoutGenerated ? own : target.size());
        columns = new int[width];
        int at = 0;
        for (int i = 0; i < target.size() && at < width; i++) {
            if (!withoutGenerated || !target.isGenerated(i)) {
                columns[at++] = i;
            }
        }
    }

    private void checkWidth(int width, int wanted) {
        if (width != wanted) {
            throw new NeuralakeException(
                    ErrorCode.SYNTAX_ERROR,
                    "INSERT has another number of values than columns: "
                            + width
                            + " for "
                            + wanted);
        }
    }

    private void mapNames(Schema schema) {
        if (evolve) {
            add(schema.fields().stream().filter(f -> target.find(f.name()).isEmpty()).toList());
        }
        columns = new int[schema.size()];
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < columns.length; i++) {
            TableName name =
                    new TableName(
                            List.of(schema.field(i).name()),
                            new io.neuralake.spi.error.SqlPosition(1, 1));
            columns[i] = target.column(name, null);
            if (!seen.add(columns[i])) {
                throw new NeuralakeException(
                        ErrorCode.DUPLICATE_NAME, "Column comes twice: " + name);
            }
        }
    }

    /// Adds columns to the table.
    private void add(List<Field> fields) {
        List<ColumnDefinition> all = new ArrayList<>(target.definition().columns());
        for (Field field : fields) {
            ColumnDefinition column = ColumnDefinition.of(Field.of(field.name(), field.type()));
            all.add(column);
            alterations.add(new TableAlteration.AddColumn(List.of(), column, null));
        }
        target = new Target(target.name(), withColumns(target.definition(), all));
    }

    static TableDefinition withColumns(TableDefinition old, List<ColumnDefinition> columns) {
        return new TableDefinition(
                columns,
                old.partitionColumns(),
                old.clusterColumns(),
                old.checks(),
                old.properties(),
                old.comment());
    }

    /// Assigns the cells of VALUES one by one, so that parameters and texts take the columns' types.
    private SqlNode assigned(SqlCall values) {
        List<SqlNode> rows = new ArrayList<>();
        for (SqlNode row : values.getOperandList()) {
            List<SqlNode> cells = new ArrayList<>();
            for (int i = 0; i < columns.length; i++) {
                SqlNode cell = ((SqlCall) row).operand(i);
                cells.add(
                        cell.getKind() == SqlKind.DEFAULT
                                ? isGeneratedOrDefault(columns[i])
                                : target.assign(columns[i], cell));
            }
            rows.add(Syntax.row(cells));
        }
        return fromSource(Syntax.values(rows));
    }

    private SqlNode isGeneratedOrDefault(int column) {
        if (target.isGenerated(column)) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "DEFAULT of a generated column is not supported in VALUES; leave the column"
                            + " out: "
                            + target.field(column).name());
        }
        return target.defaultValue(column);
    }

    private SqlNode assigned(SqlNode query) {
        if (query instanceof SqlSelect select && width(query).isPresent()) {
            SqlNodeList items = select.getSelectList();
            for (int i = 0; i < items.size(); i++) {
                items.set(i, constantAssigned(items.get(i), columns[i]));
            }
        }
        return fromSource(query);
    }

    /// Assigns parameters and texts of a select list at once: later their types would be settled.
    private SqlNode constantAssigned(SqlNode item, int column) {
        SqlNode value = item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(0) : item;
        if (!(value instanceof SqlDynamicParam) && !(value instanceof SqlCharStringLiteral)) {
            return item;
        }
        SqlNode assigned = target.assign(column, value);
        return item.getKind() == SqlKind.AS
                ? Syntax.as(assigned, ((SqlCall) item).operand(1).toString())
                : Syntax.as(assigned, target.field(column).name());
    }

    private SqlNode fromSource(SqlNode source) {
        List<String> names = new ArrayList<>();
        int[] sources = new int[target.size()];
        Arrays.fill(sources, -1);
        for (int i = 0; i < columns.length; i++) {
            names.add("c" + i);
            sources[columns[i]] = i;
        }
        List<SqlNode> items =
                items(
                        i ->
                                sources[i] < 0
                                        ? missing(i)
                                        : target.assign(i, Syntax.name(SOURCE, "c" + sources[i])));
        return Syntax.select(items, Syntax.as(source, SOURCE, names), null);
    }

    private SqlNode missing(int column) {
        return target.isGenerated(column)
                ? target.assign(column, Syntax.nothing())
                : target.defaultValue(column);
    }

    private List<SqlNode> items(java.util.function.IntFunction<SqlNode> value) {
        List<SqlNode> items = new ArrayList<>();
        for (int i = 0; i < target.size(); i++) {
            items.add(Syntax.as(value.apply(i), target.field(i).name()));
        }
        return items;
    }

    private ChangeQuery complete(Supplier<SqlNode> rows, @Nullable Fragment where) {
        RowRules rules = new RowRules(target, List.of());
        Set<Integer> all = new TreeSet<>();
        for (int i = 0; i < target.size(); i++) {
            all.add(i);
        }
        for (int column : columns) {
            if (target.isGenerated(column)) {
                rules.given(column, new RowRules.Given(null));
            }
        }
        rules.addAll(all);
        if (where != null) {
            rules.add(
                    new Violation(
                            ErrorCode.CHECK_VIOLATION,
                            "Row does not fulfil REPLACE WHERE: " + where.text()),
                    () -> Syntax.isNotTrue(where.expression()));
        }
        return rules.over(rows, new ChangeQuery.Shape(0, false, target.size(), false), alterations);
    }
}
