package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.write.RowKind;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;

/// The data files that a transaction has written, as far as it matters what their rows were before it, and numbers of
/// those that were there before. For one thread.
final class WrittenFiles {
    private final Map<String, Written> files = new HashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    /// A file.
    ///
    /// @param origins of its rows; null for new ones, and where nobody wants to know
    record Written(RowKind kind, @Nullable RowOrigins origins) {}

    /// Adds a file.
    void put(String path, Written file) {
        files.put(path, file);
    }

    void putAll(Map<String, Written> others) {
        files.putAll(others);
    }

    /// Returns what is known of a file; null if the transaction has not written it.
    @Nullable Written get(AddFile file) {
        return files.get(file.path());
    }

    /// Returns the number of a file that was there before.
    int number(AddFile file) {
        return numbers.computeIfAbsent(file.path(), _ -> numbers.size());
    }
}
