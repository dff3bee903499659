package io.neuralake.exec.spill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Spill files of a query that tests run without an engine, in a folder of their own. Closing it
/// fails when a file is left.
public final class SpillFixture implements AutoCloseable {
    private final Path root;
    private final SpillFolder folder;
    private final QuerySpill query;

    private SpillFixture(boolean everything) {
        try {
            root = Files.createTempDirectory("spill-test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        folder = new SpillFolder(new SpillSettings(root, Long.MAX_VALUE, everything));
        query =
                new QuerySpill(
                        folder,
                        new SpillArbiter(() -> Long.MAX_VALUE, Long.MAX_VALUE, everything),
                        Long.MAX_VALUE);
    }

    /// Spills at every batch if the system property of that name is set, else never.
    public static SpillFixture asConfigured() {
        return new SpillFixture(Boolean.getBoolean(SpillSettings.EVERYTHING_PROPERTY));
    }

    /// Never spills, whatever the configuration.
    public static SpillFixture never() {
        return new SpillFixture(false);
    }

    /// Spills at every batch.
    public static SpillFixture everything() {
        return new SpillFixture(true);
    }

    /// Returns what operators are given.
    public QuerySpill query() {
        return query;
    }

    /// Returns the bytes spilled so far.
    public long writtenBytes() {
        return folder.writtenBytes();
    }

    @Override
    public void close() {
        if (folder.usedBytes() != 0) {
            throw new AssertionError("Bytes left in spill files: " + folder.usedBytes());
        }
        query.close();
        folder.close();
        try (Stream<Path> left = Files.list(root)) {
            if (left.anyMatch(path -> !path.endsWith("lock"))) {
                throw new AssertionError("Folders left in " + root);
            }
            Files.deleteIfExists(root.resolve("lock"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            Files.delete(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
