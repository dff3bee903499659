package io.neuralake.exec.operator.scan;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What the build sides of joins have told the scans of one query. Thread-safe.
public final class DynamicFilters {
    private final Map<Integer, BuildSideFilter> published = new ConcurrentHashMap<>();

    /// Publishes a filter, which must stay usable as long as scans that take it run.
    public void publish(int id, BuildSideFilter filter) {
        published.put(id, filter);
    }

    /// Returns a filter if it is known.
    public Optional<BuildSideFilter> find(int id) {
        return Optional.ofNullable(published.get(id));
    }
}
