package io.neuralake.connector.delta.engine;

import io.delta.kernel.Snapshot;
import io.delta.kernel.TableManager;
import io.delta.kernel.exceptions.InvalidTableException;
import io.delta.kernel.exceptions.KernelException;
import io.delta.kernel.exceptions.TableNotFoundException;
import io.delta.kernel.exceptions.UnsupportedProtocolVersionException;
import io.delta.kernel.exceptions.UnsupportedTableFeatureException;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.actions.CommitInfo;
import io.delta.kernel.internal.actions.DomainMetadata;
import io.delta.kernel.internal.actions.Metadata;
import io.delta.kernel.internal.actions.Protocol;
import io.delta.kernel.internal.actions.RemoveFile;
import io.delta.kernel.internal.actions.SetTransaction;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.neuralake.connector.delta.log.CommitChanges;
import io.neuralake.connector.delta.log.LogAction;
import io.neuralake.connector.delta.log.LogContents;
import io.neuralake.connector.delta.log.LogReader;
import io.neuralake.connector.delta.log.TableLog;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.StoredEntry;

import org.jspecify.annotations.Nullable;

import java.io.FileNotFoundException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/// Reads a table's log through the kernel, which finds the checkpoint and commits that make a version,
/// checks the protocol and replays them. The one place that knows which of the kernel's classes are
/// internal. Thread-safe.
public final class KernelLog implements LogReader {
    private static final int MAX_TRIES = 4;
    private static final MapType TEXTS = new MapType(StringType.STRING, StringType.STRING, true);

    /// The kernel's schema, without the name of who clustered a file.
    static final StructType ADD_SCHEMA =
            AddFile.FULL_SCHEMA.add("clusteringProvider", StringType.STRING, true);

    /// The kernel knows change data only as an empty struct.
    static final StructType COMMIT_SCHEMA =
            new StructType()
                    .add("txn", SetTransaction.FULL_SCHEMA)
                    .add("add", ADD_SCHEMA)
                    .add("remove", RemoveFile.FULL_SCHEMA)
                    .add("metaData", Metadata.FULL_SCHEMA)
                    .add("protocol", Protocol.FULL_SCHEMA)
                    .add("domainMetadata", DomainMetadata.FULL_SCHEMA)
                    .add("commitInfo", CommitInfo.FULL_SCHEMA)
                    .add(
                            "cdc",
                            new StructType()
                                    .add("path", StringType.STRING)
                                    .add("partitionValues", TEXTS)
                                    .add("size", LongType.LONG));

    private final KernelEngine engine;
    private final String table;

    /// Reads the log of the table in a folder.
    public KernelLog(KernelEngine engine, String table) {
        this.engine = engine;
        this.table = table;
    }

    @Override
    public TableState load(@Nullable Long version) {
        return read(version, log -> log.loadOnce(version));
    }

    /// Reads a version. When its checkpoint turns out to be damaged, earlier ones and the commits since may
    /// still make it; when a file vanished while others cleared the log, or is another one since
    /// it was listed, it is elsewhere now.
    private <T> T read(@Nullable Long version, Function<KernelLog, T> action) {
        NeuralakeException failure = null;
        Set<String> hidden = new HashSet<>();
        for (int i = 0; i < MAX_TRIES; i++) {
            try {
                return action.apply(
                        i < 2 && hidden.isEmpty()
                                ? this
                                : new KernelLog(engine.without(Set.copyOf(hidden)), table));
            } catch (NeuralakeException e) {
                boolean damaged = e.code() == ErrorCode.CORRUPT_FILE;
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
                boolean again =
                        i == 0
                                && (e.code() == ErrorCode.FILE_NOT_FOUND
                                        || e.code() == ErrorCode.STORAGE_ERROR);
                if (!again && !hideCheckpoint(version, hidden, damaged || i > 0)) {
                    break;
                }
            }
        }
        throw failure;
    }

    /// Adds the files of the newest checkpoint that is not hidden yet.
    ///
    /// @return false when there is none
    private boolean hideCheckpoint(@Nullable Long version, Set<String> hidden, boolean isSuspect) {
        if (!isSuspect) {
            return false;
        }
        String folder = table + "/_delta_log";
        TreeMap<String, List<String>> checkpoints = new TreeMap<>();
        for (StoredEntry entry : engine.store().children(folder)) {
            int dot = entry.name().indexOf(".checkpoint.");
            if (dot == 20 && !hidden.contains(entry.path())) {
                checkpoints
                        .computeIfAbsent(entry.name().substring(0, dot), _ -> new ArrayList<>())
                        .add(entry.path());
            }
        }
        var newest =
                version == null
                        ? checkpoints.lastEntry()
                        : checkpoints.floorEntry("%020d".formatted(version));
        if (newest == null) {
            return false;
        }
        hidden.addAll(newest.getValue());
        hidden.add(folder + "/_last_checkpoint");
        return true;
    }

    private TableState loadOnce(@Nullable Long version) {
        return guarded(
                version != null,
                () -> {
                    SnapshotImpl snapshot = snapshot(version);
                    return new LogReplay(engine, snapshot.getLogSegment())
                            .replay(
                                    KernelSchemas.protocol(snapshot.getProtocol()),
                                    KernelSchemas.metadata(snapshot.getMetadata()),
                                    snapshot.getTimestamp(engine));
                });
    }

    private SnapshotImpl snapshot(@Nullable Long version) {
        var builder = TableManager.loadSnapshot(table);
        Snapshot snapshot =
                version == null ? builder.build(engine) : builder.atVersion(version).build(engine);
        return (SnapshotImpl) snapshot;
    }

    @Override
    public long versionAt(long millis) {
        return guarded(
                true,
                () ->
                        TableManager.loadSnapshot(table)
                                .atTimestamp(millis, snapshot(null))
                                .build(engine)
                                .getVersion());
    }

    @Override
    public List<LogAction> commit(long version) {
        return guarded(
                false,
                () -> {
                    String path = TableLog.commitPath(table + "/_delta_log", version);
                    List<LogAction> actions = new ArrayList<>();
                    ActionReader.readAll(engine.json().read(path, COMMIT_SCHEMA), actions);
                    return actions;
                });
    }

    @Override
    public LogContents contents(@Nullable Long version) {
        return read(
                version,
                log ->
                        log.guarded(
                                version != null,
                                () ->
                                        new ContentsReader(log.engine, log.snapshot(version))
                                                .read()));
    }

    @Override
    public List<String> sidecars(StoredEntry file) {
        return guarded(false, () -> ContentsReader.sidecarNames(engine, file));
    }

    @Override
    public CommitChanges changes(long version) {
        return guarded(
                false,
                () ->
                        ChangesReader.read(
                                engine, TableLog.commitPath(table + "/_delta_log", version)));
    }

    /// Turns the kernel's errors into this project's.
    ///
    /// @param travelling whether an older version was asked for, which may not be there
    private <T> T guarded(boolean travelling, Supplier<T> action) {
        try {
            return action.get();
        } catch (NeuralakeException e) {
            throw e;
        } catch (RuntimeException e) {
            throw failed(e, travelling);
        }
    }

    private NeuralakeException failed(Throwable error, boolean travelling) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof NeuralakeException known) {
                return known;
            }
            if (cause instanceof TableNotFoundException || cause instanceof FileNotFoundException) {
                return new NeuralakeException(
                        ErrorCode.FILE_NOT_FOUND, "No Delta table found: " + table, error);
            }
            if (cause instanceof UnsupportedTableFeatureException
                    || cause instanceof UnsupportedProtocolVersionException) {
                return new NeuralakeException(ErrorCode.UNSUPPORTED, message(cause), error);
            }
            if (cause instanceof InvalidTableException) {
                return new NeuralakeException(ErrorCode.CORRUPT_FILE, message(cause), error);
            }
            if (cause instanceof KernelException) {
                return travelling
                        ? new NeuralakeException(ErrorCode.INVALID_PARAMETER, message(cause), error)
                        : new NeuralakeException(
                                ErrorCode.UNSUPPORTED,
                                "Delta table not supported: " + table + ": " + message(cause),
                                error);
            }
        }
        return new NeuralakeException(
                ErrorCode.CORRUPT_FILE,
                "Delta table cannot be read: " + table + ": " + message(error),
                error);
    }

    private static String message(Throwable error) {
        String message = error.getMessage();
        return message == null ? error.toString() : message;
    }
}
