package io.neuralake.connector.delta.engine;

import io.delta.kernel.Snapshot;
import io.delta.kernel.TableManager;
import io.delta.kernel.exceptions.InvalidTableException;
import io.delta.kernel.exceptions.KernelException;
import io.delta.kernel.exceptions.TableNotFoundException;
import io.delta.kernel.exceptions.UnsupportedProtocolVersionException;
import io.delta.kernel.exceptions.UnsupportedTableFeatureException;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.actions.CommitInfo;
import io.delta.kernel.internal.actions.SingleAction;
import io.delta.kernel.types.StructType;
import io.neuralake.connector.delta.log.LogAction;
import io.neuralake.connector.delta.log.LogReader;
import io.neuralake.connector.delta.log.TableLog;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.io.FileNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Reads a table's log through the kernel, which finds the checkpoint and commits that make a version,
/// checks the protocol and replays them. The one place that knows which of the kernel's classes are
/// internal. Thread-safe.
public final class KernelLog implements LogReader {
    static final StructType COMMIT_SCHEMA =
            SingleAction.CHECKPOINT_SCHEMA.add("commitInfo", CommitInfo.FULL_SCHEMA);

    private final KernelEngine engine;
    private final String table;

    /// Reads the log of the table in a folder.
    public KernelLog(KernelEngine engine, String table) {
        this.engine = engine;
        this.table = table;
    }

    @Override
    public TableState load(@Nullable Long version) {
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
