package io.neuralake.planner.catalog;

import io.neuralake.planner.rel.LakeTable;
import io.neuralake.planner.rel.LakeTypeFactory;
import io.neuralake.spi.catalog.Catalog;

import org.apache.calcite.config.CalciteConnectionConfig;
import org.apache.calcite.config.CalciteConnectionProperty;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.schema.Schema;
import org.apache.calcite.schema.Table;
import org.apache.calcite.schema.impl.AbstractSchema;
import org.apache.calcite.schema.lookup.LikePattern;
import org.apache.calcite.schema.lookup.Lookup;
import org.apache.calcite.schema.lookup.Named;
import org.apache.calcite.sql.validate.SqlNameMatchers;
import org.jspecify.annotations.Nullable;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Shows the tables of one statement to Calcite: catalogs hold schemas, which hold tables. Names
/// without schema are looked up in the session's schema, names without catalog in its catalog.
public final class LakeCatalogReader extends CalciteCatalogReader {
    /// Catalog of tables without a name, such as files in FROM.
    public static final String AD_HOC = "\0adhoc";

    private static final CalciteConnectionConfig CONFIG =
            CalciteConnectionConfig.DEFAULT.set(CalciteConnectionProperty.CASE_SENSITIVE, "false");

    /// Opens a reader for one statement.
    public LakeCatalogReader(StatementTables tables, String catalog, String schema) {
        super(
                CalciteSchema.createRootSchema(false, false, "", new Root(tables)),
                SqlNameMatchers.withCaseSensitive(false),
                List.of(List.of(catalog, schema), List.of(catalog), List.of()),
                LakeTypeFactory.INSTANCE,
                CONFIG);
    }

    /// Names with entities found one at a time; nothing is listed unless asked.
    private static final class NamedLookup<T> implements Lookup<T> {
        private final Function<String, Optional<Named<T>>> find;
        private final Function<LikePattern, Set<String>> names;

        NamedLookup(
                Function<String, Optional<Named<T>>> find,
                Function<LikePattern, Set<String>> names) {
            this.find = find;
            this.names = names;
        }

        @Override
        public @Nullable T get(String name) {
            return find.apply(name).map(Named::entity).orElse(null);
        }

        @Override
        public @Nullable Named<T> getIgnoreCase(String name) {
            return find.apply(name).orElse(null);
        }

        @Override
        public Set<String> getNames(LikePattern pattern) {
            return names.apply(pattern);
        }
    }

    private static final class Root extends AbstractSchema {
        private final Lookup<Schema> catalogs;

        Root(StatementTables tables) {
            catalogs =
                    new NamedLookup<>(
                            name ->
                                    name.equals(AD_HOC)
                                            ? Optional.of(new Named<>(name, new AdHoc(tables)))
                                            : tables.catalog(name)
                                                    .map(
                                                            c ->
                                                                    new Named<>(
                                                                            c.name(),
                                                                            new CatalogSchema(
                                                                                    tables, c))),
                            _ -> {
                                Set<String> names = new LinkedHashSet<>();
                                tables.catalogs().forEach(c -> names.add(c.name()));
                                return names;
                            });
        }

        @Override
        public Lookup<? extends Schema> subSchemas() {
            return catalogs;
        }
    }

    private static final class CatalogSchema extends AbstractSchema {
        private final Lookup<Schema> schemas;

        CatalogSchema(StatementTables tables, Catalog catalog) {
            schemas =
                    new NamedLookup<>(
                            name ->
                                    StatementTables.schema(catalog, name)
                                            .map(
                                                    s ->
                                                            new Named<>(
                                                                    s,
                                                                    new TableSchema(
                                                                            tables, catalog, s))),
                            _ -> new LinkedHashSet<>(StatementTables.schemas(catalog)));
        }

        @Override
        public Lookup<? extends Schema> subSchemas() {
            return schemas;
        }
    }

    private static final class TableSchema extends AbstractSchema {
        private final Lookup<Table> tables;

        TableSchema(StatementTables statement, Catalog catalog, String schema) {
            tables =
                    new NamedLookup<>(
                            name -> statement.table(catalog, schema, name).map(TableSchema::named),
                            _ -> new LinkedHashSet<>(statement.tables(catalog, schema)));
        }

        private static Named<Table> named(LakeTable table) {
            return new Named<>(table.snapshot().name().table(), table);
        }

        @Override
        public Lookup<Table> tables() {
            return tables;
        }
    }

    private static final class AdHoc extends AbstractSchema {
        private final Lookup<Table> tables;

        AdHoc(StatementTables statement) {
            tables =
                    new NamedLookup<>(
                            name -> statement.adHoc(name).map(table -> new Named<>(name, table)),
                            _ -> Set.of());
        }

        @Override
        public Lookup<Table> tables() {
            return tables;
        }
    }
}
