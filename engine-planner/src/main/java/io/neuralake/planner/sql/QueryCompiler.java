package io.neuralake.planner.sql;

import io.neuralake.planner.catalog.LakeCatalogReader;
import io.neuralake.planner.catalog.StatementTables;
import io.neuralake.planner.rel.LakeRexBuilder;
import io.neuralake.planner.rel.LazyMetadataQuery;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.error.SqlPosition;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.apache.calcite.plan.ConventionTraitDef;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.volcano.VolcanoPlanner;
import org.apache.calcite.rel.RelRoot;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Compiles one query from syntax tree to relational algebra. Not thread-safe.
public final class QueryCompiler {
    private final StatementTables tables;
    private final FromSources sources;
    private final SessionConstants constants;

    /// A compiled query.
    ///
    /// @param parameters types of the parameters in order
    public record Compiled(RelRoot root, List<Type> parameters) {
        /// Copies the list.
        public Compiled {
            parameters = List.copyOf(parameters);
        }
    }

    /// Prepares a compilation for a session's user, catalog and schema.
    public QueryCompiler(
            StatementTables tables,
            FromSources sources,
            String user,
            String catalog,
            String schema) {
        this.tables = tables;
        this.sources = sources;
        this.constants = new SessionConstants(user, catalog, schema);
    }

    /// Compiles a query. Errors have SQLSTATE and position.
    ///
    /// @param tree makes the syntax tree, anew each time
    /// @param sql the text of which the tree's positions are, for names of columns; null for none
    public Compiled compile(Supplier<SqlNode> tree, @Nullable String sql) {
        Findings findings = new Findings();
        while (true) {
            SqlNode node = tree.get();
            try {
                Optional<Compiled> compiled = compile(node, sql, findings);
                if (compiled.isPresent()) {
                    return compiled.get();
                }
            } catch (NeuralakeException e) {
                throw e;
            } catch (RuntimeException | AssertionError | StackOverflowError e) {
                NeuralakeException error = translated(e, node);
                // Calcite takes `a.b` for a column of table a; it may be a member of column a.
                String table = ErrorTranslator.missingTable(e);
                if (table != null && findings.addStructColumn(table, error)) {
                    continue;
                }
                String column = ErrorTranslator.missingColumn(e);
                if (column == null) {
                    throw error;
                }
                NeuralakeException first = findings.structColumnError(column);
                if (first != null
                        || error.position().isEmpty()
                        || !findings.addAlias(error.position().get())) {
                    throw first == null ? error : first;
                }
            }
        }
    }

    /// Compiles once; empty when parameters are used with several types, which makes another run
    /// necessary.
    private Optional<Compiled> compile(SqlNode tree, @Nullable String sql, Findings findings) {
        SqlNode rewritten = new Dialect(sources, constants, sql, findings).rewrite(tree);
        LakeCatalogReader reader =
                new LakeCatalogReader(tables, constants.catalog(), constants.schema());
        LakeValidator validator = new LakeValidator(reader);
        SqlNode validated = validator.validate(rewritten);
        Optional<List<Type>> parameters = parameters(validated, validator, findings);
        if (parameters.isEmpty()) {
            return Optional.empty();
        }
        VolcanoPlanner planner = new VolcanoPlanner();
        planner.addRelTraitDef(ConventionTraitDef.INSTANCE);
        // Constants are computed later and by the engine itself: Calcite's values differ.
        planner.setExecutor((_, constants, values) -> values.addAll(constants));
        RelOptCluster cluster = RelOptCluster.create(planner, new LakeRexBuilder());
        cluster.setMetadataQuerySupplier(LazyMetadataQuery::new);
        RelRoot root =
                new QueryConverter(validator, reader, cluster).convertQuery(validated, false, true);
        return Optional.of(new Compiled(root, parameters.get()));
    }

    private static Optional<List<Type>> parameters(
            SqlNode validated, LakeValidator validator, Findings findings) {
        Map<Integer, RelDataType> types = new TreeMap<>();
        Set<Integer> conflicts = new HashSet<>();
        validated.accept(
                new SqlBasicVisitor<Void>() {
                    @Override
                    public @Nullable Void visit(SqlDynamicParam parameter) {
                        RelDataType type = validator.getValidatedNodeTypeIfKnown(parameter);
                        if (type == null) {
                            return null;
                        }
                        RelDataType known = types.putIfAbsent(parameter.getIndex(), type);
                        if (known != null
                                && !TypeMapping.toType(known).equals(TypeMapping.toType(type))) {
                            conflicts.add(parameter.getIndex());
                            if (SqlTypeUtil.inCharFamily(known)) {
                                types.put(parameter.getIndex(), type);
                            }
                        }
                        return null;
                    }
                });
        boolean found = false;
        for (int index : conflicts) {
            found |= findings.castParameter(index, SqlTypeUtil.convertTypeToSpec(types.get(index)));
        }
        if (found) {
            return Optional.empty();
        }
        int count = types.isEmpty() ? 0 : ((TreeMap<Integer, RelDataType>) types).lastKey() + 1;
        List<Type> result = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            RelDataType type = types.get(i);
            Type mapped = type == null ? ScalarType.VARCHAR : TypeMapping.toType(type);
            result.add(mapped == ScalarType.NULL ? ScalarType.VARCHAR : mapped);
        }
        return Optional.of(result);
    }

    private NeuralakeException translated(Throwable e, SqlNode tree) {
        NeuralakeException translated = ErrorTranslator.validation(e, tables);
        if (translated.code() != ErrorCode.TABLE_NOT_FOUND
                || !String.valueOf(translated.getMessage()).startsWith("Table not found")) {
            return translated;
        }
        SqlIdentifier id = identifierAt(tree, e);
        if (id == null) {
            return translated;
        }
        return ErrorTranslator.tableNotFound(
                id.names, Positions.of(id), tables, constants.catalog(), constants.schema());
    }

    private static @Nullable SqlIdentifier identifierAt(SqlNode tree, Throwable error) {
        if (!(error instanceof CalciteContextException context)) {
            return null;
        }
        SqlPosition wanted = new SqlPosition(context.getPosLine(), context.getPosColumn());
        SqlIdentifier[] found = new SqlIdentifier[1];
        tree.accept(
                new SqlBasicVisitor<Void>() {
                    @Override
                    public @Nullable Void visit(SqlIdentifier id) {
                        for (int i = 0; i < id.names.size(); i++) {
                            boolean longer =
                                    found[0] == null || id.names.size() > found[0].names.size();
                            if (longer
                                    && wanted.equals(
                                            Positions.of(id.getComponentParserPosition(i)))) {
                                found[0] = id;
                            }
                        }
                        return null;
                    }
                });
        return found[0];
    }

    /// Translates an exception of planning behind the compilation.
    public static NeuralakeException planningError(Throwable e) {
        return ErrorTranslator.validation(e, null);
    }

    /// Finds a table by a name as in `DESCRIBE name`. Throws TABLE_NOT_FOUND with the nearest name.
    public io.neuralake.spi.catalog.TableSnapshot table(TableName name) {
        List<String> parts = name.parts();
        int size = parts.size();
        String catalog = size > 2 ? parts.get(size - 3) : constants.catalog();
        String schema = size > 1 ? parts.get(size - 2) : constants.schema();
        return tables.catalog(catalog)
                .filter(_ -> size <= 3)
                .flatMap(
                        c ->
                                StatementTables.schema(c, schema)
                                        .flatMap(s -> tables.table(c, s, parts.get(size - 1))))
                .orElseThrow(
                        () ->
                                ErrorTranslator.tableNotFound(
                                        parts,
                                        name.position(),
                                        tables,
                                        constants.catalog(),
                                        constants.schema()))
                .snapshot();
    }
}
