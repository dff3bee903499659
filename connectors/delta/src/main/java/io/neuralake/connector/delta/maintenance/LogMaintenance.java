package io.neuralake.connector.delta.maintenance;

import io.neuralake.connector.delta.log.LogContents;
import io.neuralake.connector.delta.log.LogReader;
import io.neuralake.connector.delta.log.TableLog;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.storage.ObjectStore;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;

/// Keeps logs short: writes a checkpoint and a checksum once so many commits were made since the last one, then clears away what
/// is expired. None of it is needed for a commit to be there, so failures are logged, and it is tried again after
/// as many commits. Thread-safe; one run per table at a time.
public final class LogMaintenance implements AutoCloseable {
    private static final int MAX_TABLES = 1000;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private static final System.Logger LOG = System.getLogger(LogMaintenance.class.getName());

    /// Runs a task in a thread of its own, which does not keep the process alive.
    public static final Executor BACKGROUND =
            task -> Thread.ofPlatform().daemon().name("delta-log").start(task);

    private final ObjectStore store;
    private final Function<String, LogReader> readers;
    private final Executor executor;
    private final InstantSource clock;

    /// Guards the two below; whoever waits for runs is told of their end.
    private final Object lock = new Object();

    private final Set<String> running = new HashSet<>();
    private final Map<Place, Long> last = new HashMap<>();

    /// A table, which another of the same folder is not.
    private record Place(String folder, String id) {}

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
        Place place = new Place(folder, committed.metadata().id());
        long version = committed.version();
        long interval;
        try {
            interval = new TableProperties(committed.metadata().properties()).checkpointInterval();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "No checkpoint of " + folder, e);
            return;
        }
        synchronized (lock) {
            if (version - last.getOrDefault(place, 0L) < interval || !running.add(folder)) {
                return;
            }
        }
        try {
            executor.execute(() -> run(place, version, interval));
        } catch (RuntimeException e) {
            ended(place, version);
            LOG.log(System.Logger.Level.WARNING, "No checkpoint of " + folder, e);
        }
    }

    private void run(Place place, long version, long interval) {
        long done = version;
        try {
            String log = place.folder() + "/_delta_log";
            long present = Math.max(0, LastCheckpoint.version(store, log));
            if (version - present < interval) {
                done = Math.min(present, version); // another process's
                return;
            }
            maintain(store, log, readers.apply(place.folder()), version, clock);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.WARNING, "No checkpoint of " + place.folder(), e);
        } finally {
            ended(place, done);
        }
    }

    private void ended(Place place, long version) {
        synchronized (lock) {
            running.remove(place.folder());
            if (last.size() >= MAX_TABLES) {
                last.clear();
            }
            last.put(place, version);
            lock.notifyAll();
        }
    }

    /// Waits for checkpoints under way, so that processes which make a commit and end write any. Ten seconds at most: the next
    /// process that commits makes up for what is left.
    @Override
    public void close() {
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        synchronized (lock) {
            while (!running.isEmpty()) {
                long millis = Duration.ofNanos(end - System.nanoTime()).toMillis();
                if (millis <= 0) {
                    return;
                }
                try {
                    lock.wait(millis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
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
