package io.neuralake.server;

import io.neuralake.connector.parquet.file.RemoteFiles;
import io.neuralake.exec.EngineSettings;
import io.neuralake.storage.LocalStore;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.SchemeStore;
import io.neuralake.storage.StoragePath;
import io.neuralake.storage.block.BlockCache;
import io.neuralake.storage.s3.S3Store;
import io.neuralake.storage.s3.StoreCheck;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The stores of files. Nothing of an object store is loaded, and no memory taken for its files, before one of
/// its paths is used.
public final class LakeStorage implements AutoCloseable {
    private final SchemeStore store;
    private final RemoteFiles remote;

    private LakeStorage(SchemeStore store, RemoteFiles remote) {
        this.store = store;
        this.remote = remote;
    }

    static LakeStorage open(StorageSettings settings, EngineSettings engine) {
        Supplier<ObjectStore> s3 = () -> S3Store.open(settings.s3());
        SchemeStore store = new SchemeStore(new LocalStore(), Map.of("s3", s3, "s3a", s3));
        return new LakeStorage(
                store, new RemoteFiles(store, () -> settings.openBlockCache(engine)));
    }

    /// Takes what is kept of remote files off the memory of queries, if the lake is remote.
    static EngineSettings without(
            StorageSettings settings, @Nullable String lake, EngineSettings engine) {
        if (lake == null || !StoragePath.isRemote(lake)) {
            return engine;
        }
        long left = engine.memoryLimitBytes() - settings.blockCacheBytes(engine);
        return engine.withMemoryLimitBytes(Math.max(left, engine.memoryLimitBytes() / 2));
    }

    /// Tries what a lake's store has to be able to do; nothing for a lake on this machine.
    public static List<StoreCheck> check(StorageSettings settings, String lake) {
        if (!StoragePath.isRemote(lake)) {
            return List.of();
        }
        try (LakeStorage storage = open(settings, EngineSettings.defaults())) {
            return StoreCheck.of(storage.store, StoragePath.folder(lake));
        }
    }

    /// Returns what has all paths.
    public ObjectStore store() {
        return store;
    }

    RemoteFiles remote() {
        return remote;
    }

    /// Returns what keeps parts of remote files, if any was read.
    public Optional<BlockCache> blocks() {
        return remote.openedBlocks();
    }

    @Override
    public void close() {
        remote.close();
        store.close();
    }
}
