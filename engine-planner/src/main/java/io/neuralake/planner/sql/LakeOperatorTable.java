package io.neuralake.planner.sql;

import io.neuralake.exec.function.ScalarFunctions;
import io.neuralake.exec.function.ScalarSignature;
import io.neuralake.exec.function.aggregate.AggregateFunctions;
import io.neuralake.exec.function.aggregate.AggregateSignature;
import io.neuralake.planner.rel.UnnestFunction;

import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.validate.SqlNameMatcher;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Knows every function and operator of SQL here: the executor's catalogue, and Calcite's own
/// operators where the standard has syntax for them or rules know them. Thread-safe.
public final class LakeOperatorTable implements SqlOperatorTable {
    /// Calcite's functions that hold under their own name.
    private static final List<SqlOperator> STANDARD_FUNCTIONS =
            List.of(
                    SqlStdOperatorTable.CAST,
                    SqlStdOperatorTable.COALESCE,
                    SqlStdOperatorTable.COUNT,
                    SqlStdOperatorTable.SUM,
                    SqlStdOperatorTable.SUM0,
                    SqlStdOperatorTable.AVG,
                    SqlStdOperatorTable.MIN,
                    SqlStdOperatorTable.MAX,
                    SqlStdOperatorTable.SINGLE_VALUE,
                    SqlStdOperatorTable.GROUPING,
                    SqlStdOperatorTable.GROUPING_ID,
                    SqlStdOperatorTable.ROW_NUMBER,
                    SqlStdOperatorTable.RANK,
                    SqlStdOperatorTable.DENSE_RANK,
                    SqlStdOperatorTable.PERCENT_RANK,
                    SqlStdOperatorTable.CUME_DIST,
                    SqlStdOperatorTable.NTILE,
                    SqlStdOperatorTable.LAG,
                    SqlStdOperatorTable.LEAD,
                    SqlStdOperatorTable.FIRST_VALUE,
                    SqlStdOperatorTable.LAST_VALUE,
                    SqlStdOperatorTable.NTH_VALUE,
                    SqlLibraryOperators.TRY_CAST);

    private static final Set<SqlOperator> LIBRARY_OPERATORS =
            Set.of(
                    SqlLibraryOperators.ILIKE,
                    SqlLibraryOperators.NOT_ILIKE,
                    SqlLibraryOperators.TRY_CAST);

    /// The one instance needed.
    public static final LakeOperatorTable INSTANCE = new LakeOperatorTable();

    private final Map<String, SqlOperator> functions = new HashMap<>();
    private final Map<String, LakeScalarFunction> scalars = new HashMap<>();
    private final List<FunctionEntry> entries = new ArrayList<>();

    /// A line of SHOW FUNCTIONS.
    ///
    /// @param kind `scalar`, `aggregate` or `window`
    public record FunctionEntry(String name, String kind, String description) {}

    private LakeOperatorTable() {
        for (ScalarSignature signature : ScalarFunctions.all()) {
            addScalar(signature.name(), signature);
            signature.aliases().forEach(alias -> addScalar(alias, signature));
        }
        for (AggregateSignature signature : AggregateFunctions.all()) {
            addAggregate(signature.name(), signature);
            signature.aliases().forEach(alias -> addAggregate(alias, signature));
        }
        Set<String> aggregates = new HashSet<>();
        AggregateFunctions.all().forEach(signature -> aggregates.add(signature.name()));
        for (SqlOperator operator : STANDARD_FUNCTIONS) {
            String name = operator.getName().toLowerCase(Locale.ROOT);
            functions.put(name, operator);
            if (operator instanceof SqlAggFunction
                    && !aggregates.contains(name)
                    && !name.startsWith("$")
                    && !name.equals("single_value")) {
                entries.add(new FunctionEntry(name, "window", ""));
            }
        }
        functions.put("unnest", UnnestFunction.INSTANCE);
        entries.sort(java.util.Comparator.comparing(FunctionEntry::name));
    }

    private void addScalar(String name, ScalarSignature signature) {
        LakeScalarFunction function = new LakeScalarFunction(name, signature);
        functions.put(name, function);
        scalars.put(name, function);
        entries.add(
                new FunctionEntry(
                        name,
                        "scalar",
                        name.equals(signature.name())
                                ? signature.description()
                                : "Same as " + signature.name()));
    }

    private void addAggregate(String name, AggregateSignature signature) {
        functions.put(name, new LakeAggregateFunction(name, signature));
        entries.add(
                new FunctionEntry(
                        name,
                        "aggregate",
                        name.equals(signature.name()) ? "" : "Same as " + signature.name()));
    }

    /// Finds a function by name, ignoring case.
    public @Nullable SqlOperator function(String name) {
        return functions.get(name.toLowerCase(Locale.ROOT));
    }

    /// Returns a scalar function of the catalogue. Throws IllegalStateException when there is none.
    static LakeScalarFunction scalar(String name) {
        LakeScalarFunction function = INSTANCE.scalars.get(name);
        if (function == null) {
            throw new IllegalStateException("No such function in the catalogue: " + name);
        }
        return function;
    }

    /// Tells whether an operator is an aggregate function, perhaps one whose name was not looked up
    /// yet.
    static boolean isAggregate(SqlOperator operator) {
        SqlOperator resolved = INSTANCE.function(operator.getName());
        return operator.isAggregator()
                || operator instanceof SqlFunction && resolved != null && resolved.isAggregator();
    }

    /// Returns the names of all functions in alphabetical order.
    public Set<String> functionNames() {
        return new TreeSet<>(functions.keySet());
    }

    /// Returns what SHOW FUNCTIONS lists, by name.
    public List<FunctionEntry> entries() {
        return List.copyOf(entries);
    }

    @Override
    public void lookupOperatorOverloads(
            SqlIdentifier name,
            @Nullable SqlFunctionCategory category,
            SqlSyntax syntax,
            List<SqlOperator> found,
            SqlNameMatcher matcher) {
        if (syntax.family == SqlSyntax.FUNCTION) {
            SqlOperator function = name.isSimple() ? function(name.getSimple()) : null;
            if (function != null) {
                found.add(function);
            } else if (name.isSimple() && TableFunctionOperator.isName(name.getSimple())) {
                found.add(TableFunctionOperator.SERIES);
            }
            return;
        }
        SqlStdOperatorTable.instance()
                .lookupOperatorOverloads(name, category, syntax, found, matcher);
        if (name.isSimple()) {
            for (SqlOperator operator : LIBRARY_OPERATORS) {
                if (operator.getSyntax().family == syntax.family
                        && operator.getName().equalsIgnoreCase(name.getSimple())) {
                    found.add(operator);
                }
            }
        }
    }

    @Override
    public List<SqlOperator> getOperatorList() {
        return List.copyOf(functions.values());
    }
}
