package io.neuralake.planner.write;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.planner.SqlSession;
import io.neuralake.planner.catalog.NearestName;
import io.neuralake.planner.catalog.StatementTables;
import io.neuralake.planner.sql.ChangeStatement.Insert;
import io.neuralake.planner.sql.DefinitionStatement.ColumnSpec;
import io.neuralake.planner.sql.DefinitionStatement.CreateKind;
import io.neuralake.planner.sql.DefinitionStatement.CreateTable;
import io.neuralake.planner.sql.DefinitionStatement.DropTable;
import io.neuralake.planner.sql.DefinitionStatement.Layout;
import io.neuralake.planner.sql.Fragment;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.planner.write.Planning.Planned;
import io.neuralake.spi.catalog.Catalog;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.change.ChangeInfo;
import io.neuralake.spi.change.ChangeOperation;
import io.neuralake.spi.change.ColumnDefinition;
import io.neuralake.spi.change.SupportsTableChanges;
import io.neuralake.spi.change.SupportsTableChanges.CreateMode;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.change.TableTransaction;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Runs CREATE TABLE and DROP TABLE.
final class CreateTables {
    private final Planning planning;

    CreateTables(Planning planning) {
        this.planning = planning;
    }

    /// A checked CREATE TABLE.
    ///
    /// @param rows query of the new table's rows; null for none
    record Created(
            SupportsTableChanges catalog,
            QualifiedName name,
            TableDefinition definition,
            @Nullable ChangeQuery query,
            @Nullable Planned rows) {
        Schema parameters() {
            return rows == null ? new Schema(List.of()) : rows.parameters();
        }
    }

    /// Checks a statement against the tables as they are.
    Created check(CreateTable create, String sql, SqlSession session) {
        QualifiedName name = qualified(create.table(), session);
        SupportsTableChanges catalog = catalog(create.table(), name);
        ColumnTypes types = new ColumnTypes(planning, session);
        StatementTables tables = new StatementTables(planning.catalogs());
        Fragment source = create.query();
        TableDefinition definition = definition(create, name, types);
        if (source == null) {
            checkExpressions(create.layout(), new Target(name, definition), types, sql);
            return new Created(catalog, name, definition, null, null);
        }
        if (definition.columns().isEmpty()) {
            Schema columns = planning.columns(source::query, sql, tables, session);
            List<ColumnDefinition> found =
                    columns.fields().stream()
                            .map(f -> ColumnDefinition.of(Field.of(f.name(), f.type())))
                            .toList();
            definition = InsertQuery.withColumns(definition, found);
        }
        ColumnTypes.refuseDuplicates(definition);
        Target target = new Target(name, resolved(create.layout(), name, definition));
        checkExpressions(create.layout(), target, types, sql);
        Scope scope = new Scope(planning, session, tables, target, sql);
        ChangeQuery query =
                InsertQuery.of(
                        scope,
                        new Insert(create.table(), null, false, List.of(), false, false, source));
        Planned rows = planning.plan(query.tree(), sql, tables, session);
        return new Created(catalog, name, target.definition(), query, rows);
    }

    private static void checkExpressions(
            Layout layout, Target target, ColumnTypes types, String sql) {
        for (int i = 0; i < layout.columns().size(); i++) {
            ColumnSpec spec = layout.columns().get(i);
            if (spec.defaultValue() != null) {
                types.checkDefault(target, i, spec.defaultValue(), sql);
            }
            if (spec.generatedAs() != null) {
                types.checkExpression(target, i, spec.generatedAs(), sql);
            }
        }
        layout.checks()
                .values()
                .forEach(condition -> types.checkExpression(target, -1, condition, sql));
    }

    private TableDefinition definition(CreateTable create, QualifiedName name, ColumnTypes types) {
        Layout layout = create.layout();
        List<ColumnDefinition> columns = new ArrayList<>();
        for (ColumnSpec spec : layout.columns()) {
            String column = spec.name().parts().getLast();
            if (columns.stream().anyMatch(c -> c.field().name().equalsIgnoreCase(column))) {
                throw new NeuralakeException(
                        ErrorCode.DUPLICATE_NAME,
                        "Column is named twice: " + column,
                        spec.name().position(),
                        null);
            }
            columns.add(types.column(spec));
        }
        Map<String, String> checks = new LinkedHashMap<>();
        layout.checks().forEach((k, v) -> checks.put(k, SparkExpression.toSpark(v.text())));
        TableDefinition plain =
                new TableDefinition(
                        columns,
                        List.of(),
                        List.of(),
                        checks,
                        layout.properties(),
                        layout.comment());
        return columns.isEmpty() ? plain : resolved(layout, name, plain);
    }

    /// Fills in the columns by which the table is partitioned and clustered.
    private static TableDefinition resolved(
            Layout layout, QualifiedName name, TableDefinition plain) {
        Target target = new Target(name, plain);
        if (!layout.partitionBy().isEmpty() && !layout.clusterBy().isEmpty()) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "A table is partitioned or clustered, not both",
                    layout.clusterBy().getFirst().position(),
                    null);
        }
        return new TableDefinition(
                plain.columns(),
                ColumnTypes.names(target, layout.partitionBy()),
                ColumnTypes.names(target, layout.clusterBy()),
                plain.checks(),
                plain.properties(),
                plain.comment());
    }

    /// Returns the full name of a table that need not be there.
    QualifiedName qualified(TableName name, SqlSession session) {
        List<String> parts = name.parts();
        int size = parts.size();
        StatementTables tables = new StatementTables(planning.catalogs());
        String catalogName = size > 2 ? parts.get(size - 3) : session.catalog();
        Catalog catalog =
                tables.catalog(catalogName)
                        .filter(_ -> size <= 3)
                        .orElseThrow(
                                () ->
                                        notFound(
                                                ErrorCode.CATALOG_NOT_FOUND,
                                                "Catalog",
                                                catalogName,
                                                planning.catalogs().stream()
                                                        .map(Catalog::name)
                                                        .toList(),
                                                name));
        String schemaName = size > 1 ? parts.get(size - 2) : session.schema();
        String schema =
                StatementTables.schema(catalog, schemaName)
                        .orElseThrow(
                                () ->
                                        notFound(
                                                ErrorCode.SCHEMA_NOT_FOUND,
                                                "Schema",
                                                schemaName,
                                                StatementTables.schemas(catalog),
                                                name));
        String table = parts.getLast();
        String known =
                catalog.tables(schema).stream()
                        .filter(table::equalsIgnoreCase)
                        .findFirst()
                        .orElse(table);
        return new QualifiedName(catalog.name(), schema, known);
    }

    private static NeuralakeException notFound(
            ErrorCode code, String what, String name, List<String> known, TableName typed) {
        return new NeuralakeException(
                code,
                what + " not found: " + name + NearestName.hint(name, known),
                typed.position(),
                null);
    }

    /// Returns the catalog in which a table can be made. Throws UNSUPPORTED for another.
    SupportsTableChanges catalog(TableName typed, QualifiedName name) {
        Catalog catalog =
                new StatementTables(planning.catalogs()).catalog(name.catalog()).orElseThrow();
        if (catalog instanceof SupportsTableChanges changes) {
            return changes;
        }
        throw new NeuralakeException(
                ErrorCode.UNSUPPORTED,
                "Tables cannot be made or dropped in catalog: " + name.catalog(),
                typed.position(),
                null);
    }

    /// Tells whether there is a table already, which IF NOT EXISTS is content with.
    boolean isDone(CreateTable create, SqlSession session) {
        if (create.kind() != CreateKind.CREATE_IF_NOT_EXISTS) {
            return false;
        }
        QualifiedName name = qualified(create.table(), session);
        return catalog(create.table(), name).table(name.schema(), name.table()).isPresent();
    }

    /// Makes the table.
    ///
    /// @return how many rows it has
    long create(CreateTable create, Created checked, List<Literal> values, SqlSession session) {
        if (isDone(create, session)) {
            return 0;
        }
        try {
            return make(create, checked, values, session);
        } catch (NeuralakeException e) {
            if (e.code() == ErrorCode.TABLE_EXISTS
                    && create.kind() == CreateKind.CREATE_IF_NOT_EXISTS) {
                return 0;
            }
            throw e;
        }
    }

    private long make(
            CreateTable create, Created checked, List<Literal> values, SqlSession session) {
        CreateMode mode =
                switch (create.kind()) {
                    case CREATE, CREATE_IF_NOT_EXISTS -> CreateMode.CREATE;
                    case CREATE_OR_REPLACE -> CreateMode.CREATE_OR_REPLACE;
                    case REPLACE -> CreateMode.REPLACE;
                };
        boolean replace = mode != CreateMode.CREATE;
        boolean query = checked.query() != null;
        ChangeOperation operation =
                replace
                        ? query
                                ? ChangeOperation.REPLACE_TABLE_AS_SELECT
                                : ChangeOperation.REPLACE_TABLE
                        : query
                                ? ChangeOperation.CREATE_TABLE_AS_SELECT
                                : ChangeOperation.CREATE_TABLE;
        QualifiedName name = checked.name();
        try (TableTransaction transaction =
                checked.catalog().create(name.schema(), name.table(), checked.definition(), mode)) {
            long count = 0;
            ChangeInfo info = new ChangeInfo(operation, Map.of(), session.user());
            try (TableChange change = transaction.change(info)) {
                if (checked.query() != null && checked.rows() != null) {
                    try (QueryResult rows = planning.run(checked.rows(), values, session, false)) {
                        count = new ChangeFeed(checked.query(), change).feed(rows);
                    }
                }
                change.stage();
            }
            session.committing(transaction::commit);
            return count;
        }
    }

    /// Drops a table. Throws TABLE_NOT_FOUND.
    void drop(DropTable drop, SqlSession session) {
        if (drop.ifExists() && !exists(drop.table(), session)) {
            return;
        }
        QualifiedName name =
                planning.table(drop.table(), new StatementTables(planning.catalogs()), session)
                        .name();
        if (!catalog(drop.table(), name).drop(name.schema(), name.table()) && !drop.ifExists()) {
            throw new NeuralakeException(
                    ErrorCode.TABLE_NOT_FOUND,
                    "Table not found: " + drop.table(),
                    drop.table().position(),
                    null);
        }
    }

    boolean exists(TableName name, SqlSession session) {
        try {
            planning.table(name, new StatementTables(planning.catalogs()), session);
            return true;
        } catch (NeuralakeException e) {
            if (e.code() == ErrorCode.TABLE_NOT_FOUND
                    || e.code() == ErrorCode.SCHEMA_NOT_FOUND
                    || e.code() == ErrorCode.CATALOG_NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }
}
