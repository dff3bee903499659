package io.neuralake.connector.delta.scan;

import io.neuralake.connector.delta.log.TableState;
import io.neuralake.spi.catalog.TableStatistics;

import org.jspecify.annotations.Nullable;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/// Remembers the statistics of a few versions that are in use, since a statement that changes a table opens the same version
/// several times. Thread-safe.
final class RecentStatistics {
    private static final int KEPT = 32;

    private record Known(WeakReference<TableState> state, TableStatistics statistics) {}

    private final Deque<Known> known = new ArrayDeque<>();
    private int cleared;

    /// Returns the statistics of a version, by its identity.
    TableStatistics of(TableState state, Supplier<TableStatistics> compute) {
        TableStatistics found = find(state);
        if (found == null) {
            int before = cleared();
            found = compute.get();
            keep(new Known(new WeakReference<>(state), found), before);
        }
        return found;
    }

    private synchronized @Nullable TableStatistics find(TableState state) {
        for (Known candidate : known) {
            if (candidate.state.refersTo(state)) {
                return candidate.statistics;
            }
        }
        return null;
    }

    private synchronized int cleared() {
        return cleared;
    }

    /// @param before how often all was forgotten when the entry was begun: it may know less than there is by now
    private synchronized void keep(Known entry, int before) {
        if (before != cleared) {
            return;
        }
        known.addFirst(entry);
        if (known.size() > KEPT) {
            known.removeLast();
        }
    }

    /// Forgets all, when more is known.
    synchronized void clear() {
        known.clear();
        cleared++;
    }
}
