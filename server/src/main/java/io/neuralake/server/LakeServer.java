package io.neuralake.server;

import io.neuralake.connector.delta.DeltaFormat;
import io.neuralake.connector.files.TextTableFormat;
import io.neuralake.connector.parquet.ParquetFormat;
import io.neuralake.connector.parquet.page.PageCache;
import io.neuralake.exec.EngineSettings;
import io.neuralake.exec.LocalQueryEngine;
import io.neuralake.exec.QueryEngine;
import io.neuralake.planner.LakeSqlEngine;
import io.neuralake.planner.RelOptimizer;
import io.neuralake.planner.SqlEngine;
import io.neuralake.spi.catalog.Catalog;
import io.neuralake.spi.catalog.TableFormat;
import io.neuralake.spi.function.TableFunction;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoragePath;
import io.neuralake.storage.lake.LakeCatalog;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A lake with the engine that answers questions about it: the wiring of formats, catalogs, planner
/// and executor, without any network.
public final class LakeServer implements AutoCloseable {
    /// The catalog's name in SQL.
    public static final String CATALOG = "lake";

    private final QueryEngine queries;
    private final LakeSqlEngine sql;
    private final @Nullable PageCache pages;
    private final LakeStorage storage;
    private final DeltaFormat delta;

    private LakeServer(
            QueryEngine queries,
            LakeSqlEngine sql,
            @Nullable PageCache pages,
            LakeStorage storage,
            DeltaFormat delta) {
        this.queries = queries;
        this.sql = sql;
        this.pages = pages;
        this.storage = storage;
        this.delta = delta;
    }

    /// Opens a lake.
    ///
    /// @param lake the folder, or null for none: only files named in FROM can be read
    public static LakeServer open(@Nullable String lake, EngineSettings settings) {
        return open(lake, settings, StorageSettings.DEFAULTS);
    }

    /// Opens a lake.
    ///
    /// @param lake the folder, on this machine or `s3://bucket/prefix`; null for none: only files named in FROM
    ///     can be read
    public static LakeServer open(
            @Nullable String lake, EngineSettings engine, StorageSettings storageSettings) {
        EngineSettings settings = LakeStorage.without(storageSettings, lake, engine);
        LakeStorage storage = LakeStorage.open(storageSettings, engine);
        ObjectStore store = storage.store();
        LocalQueryEngine queries = new LocalQueryEngine(settings);
        PageCache pages =
                settings.cacheLimitBytes() == 0 ? null : new PageCache(queries.cacheMemory());
        ParquetFormat parquet = new ParquetFormat(pages, storage.remote());
        DeltaFormat delta = new DeltaFormat(store, parquet);
        List<TableFormat> formats =
                List.of(delta, parquet, TextTableFormat.csv(store), TextTableFormat.json(store));
        FileTables files = new FileTables(store, CATALOG, formats);
        List<TableFunction> functions = new ArrayList<>(files.functions());
        functions.addAll(DeltaFunctions.all());
        List<Catalog> catalogs =
                lake == null
                        ? List.of(new EmptyCatalog(CATALOG))
                        : List.of(new LakeCatalog(CATALOG, store, root(lake), formats));
        return new LakeServer(
                queries,
                new LakeSqlEngine(
                        catalogs, functions, files::open, new RelOptimizer(), queries, files::list),
                pages,
                storage,
                delta);
    }

    private static String root(String lake) {
        return StoragePath.isRemote(lake) ? StoragePath.folder(lake) : lake;
    }

    /// Returns the entry for statements.
    public SqlEngine sql() {
        return sql;
    }

    /// Returns the executor.
    public QueryEngine queries() {
        return queries;
    }

    /// Returns the cache of pages, if it is on.
    public Optional<PageCache> pages() {
        return Optional.ofNullable(pages);
    }

    /// Returns where files are.
    public LakeStorage storage() {
        return storage;
    }

    /// Returns what makes the first queries slow: the planner, vector kernels, and queries over a lake of its own
    /// ([WarmUpLake]). None reads this lake.
    ///
    /// @param runs of each query
    public WarmUp warmUp(int runs) {
        WarmUpLake lake = new WarmUpLake(Path.of(System.getProperty("java.io.tmpdir")));
        List<Runnable> steps = new ArrayList<>();
        steps.add(ParquetFormat::warmUp);
        steps.add(LocalQueryEngine::warmUp);
        steps.addAll(sql.warmUp());
        steps.addAll(lake.steps(runs));
        return new WarmUp(steps, lake::close);
    }

    @Override
    public void close() {
        delta.close();
        // Before the engine, which closes the memory of the cache once the last reader is gone.
        if (pages != null) {
            pages.close();
        }
        queries.close();
        storage.close();
    }
}
