package io.neuralake.connector.delta.maintenance;

import io.neuralake.connector.delta.log.LogContents;
import io.neuralake.connector.delta.log.LogReader;
import io.neuralake.connector.delta.log.TableLog;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.storage.ObjectStore;

import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;

/// Keeps logs short: writes a checkpoint and a checksum after every so many commits, then clears away what
/// is expired. None of it is needed for a commit to be there, so failures are logged, and the next commit
/// of its turn tries again. Thread-safe; one run per table at a time.
public final class LogMaintenance {
    private static final System.Logger LOG = System.getLogger(LogMaintenance.class.getName());

    /// Runs a task in a thread of its own, which does not keep the process alive.
    public static final Executor BACKGROUND =
            task -> Thread.ofPlatform().daemon().name("delta-log").start(task);

    private final ObjectStore store;
    private final Function<String, LogReader> readers;
    private final Executor executor;
    private final InstantSource clock;
    private final Set<String> running = ConcurrentHashMap.newKeySet();

    /// Maintains logs in a store.
    ///
    /// @param readers makes the reader of the log of a table's folder
    /// @param executor such as [#BACKGROUND]
    public LogMaintenance(
            ObjectStore store,
            Function<String, LogReader> readers,
            Executor executor,
            InstantSource clock) {
        this.store = store;
        this.readers = readers;
        this.executor = executor;
        this.clock = clock;
    }

    /// Notes a commit. Returns at once.
    ///
    /// @param folder the table's folder
    public void afterCommit(String folder, TableState committed) {
        try {
            long interval =
                    new TableProperties(committed.metadata().properties()).checkpointInterval();
            if (committed.version() == 0
                    || committed.version() % interval != 0
                    || !running.add(folder)) {
                return;
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "No checkpoint of " + folder, e);
            return;
        }
        try {
            executor.execute(() -> run(folder, committed.version()));
        } catch (RuntimeException e) {
            running.remove(folder);
            LOG.log(System.Logger.Level.WARNING, "No checkpoint of " + folder, e);
        }
    }

    private void run(String folder, long version) {
        try {
            LogReader reader = readers.apply(folder);
            maintain(store, folder + "/_delta_log", reader, version, clock);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.WARNING, "No checkpoint of " + folder, e);
        } finally {
            running.remove(folder);
        }
    }

    /// Writes the checkpoint of a version and clears the log.
    ///
    /// @param folder the table's `_delta_log`
    static void maintain(
            ObjectStore store, String folder, LogReader reader, long version, InstantSource clock) {
        LogContents contents = reader.contents(version);
        FeatureCheck.checkMaintained(contents.state().protocol(), folder);
        new CheckpointWriter(store, folder, clock).write(contents);
        ChecksumWriter.write(store, folder, contents);
        new LogCleanUp(store, folder, reader, clock).run(contents);
    }

    /// Writes the checkpoint of the newest version and clears the log. Throws STORAGE_ERROR, UNSUPPORTED.
    ///
    /// @return the version
    public static long checkpoint(TableLog log, InstantSource clock) {
        long version = log.newest().version();
        maintain(log.store(), log.folder(), log.reader(), version, clock);
        return version;
    }
}
