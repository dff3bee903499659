package io.neuralake.server;

import io.neuralake.connector.files.TextTableFormat;
import io.neuralake.connector.parquet.ParquetFormat;
import io.neuralake.exec.EngineSettings;
import io.neuralake.exec.LocalQueryEngine;
import io.neuralake.exec.QueryEngine;
import io.neuralake.planner.LakeSqlEngine;
import io.neuralake.planner.RelOptimizer;
import io.neuralake.planner.SqlEngine;
import io.neuralake.spi.catalog.Catalog;
import io.neuralake.spi.catalog.TableFormat;
import io.neuralake.storage.LocalStore;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.lake.LakeCatalog;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// A lake with the engine that answers questions about it: the wiring of formats, catalogs, planner
/// and executor, without any network.
public final class LakeServer implements AutoCloseable {
    /// The catalog's name in SQL.
    public static final String CATALOG = "lake";

    private final QueryEngine queries;
    private final LakeSqlEngine sql;

    private LakeServer(QueryEngine queries, LakeSqlEngine sql) {
        this.queries = queries;
        this.sql = sql;
    }

    /// Opens a lake.
    ///
    /// @param lake the folder, or null for none: only files named in FROM can be read
    public static LakeServer open(@Nullable String lake, EngineSettings settings) {
        ObjectStore store = new LocalStore();
        List<TableFormat> formats =
                List.of(
                        new ParquetFormat(),
                        TextTableFormat.csv(store),
                        TextTableFormat.json(store));
        FileTables files = new FileTables(CATALOG, formats);
        List<Catalog> catalogs =
                lake == null
                        ? List.of(new EmptyCatalog(CATALOG))
                        : List.of(new LakeCatalog(CATALOG, store, lake, formats));
        QueryEngine queries = new LocalQueryEngine(settings);
        return new LakeServer(
                queries,
                new LakeSqlEngine(
                        catalogs, files.functions(), files::open, new RelOptimizer(), queries));
    }

    /// Returns the entry for statements.
    public SqlEngine sql() {
        return sql;
    }

    /// Returns the executor.
    public QueryEngine queries() {
        return queries;
    }

    /// Runs what makes the first queries slow, before they come.
    public void warmUp() {
        sql.warmUp();
    }

    @Override
    public void close() {
        queries.close();
    }
}
