package io.neuralake.exec.spill;

import java.nio.file.Path;

/// Says where state is spilled to, and how much of it.
///
/// @param folder holds a folder of each running process; created when first needed
/// @param limitBytes most bytes on disk of all queries together
/// @param everything spills whatever can be spilled at every batch, for tests
public record SpillSettings(Path folder, long limitBytes, boolean everything) {
    /// The system property that turns `everything` on in the defaults.
    public static final String EVERYTHING_PROPERTY = "neuralake.spillEverything";

    /// Checks the limit.
    public SpillSettings {
        if (limitBytes < 0) {
            throw new IllegalArgumentException("Spill limit must not be negative: " + limitBytes);
        }
    }

    /// Returns a folder of this user in the system's temporary folder, without limit.
    public static SpillSettings defaults() {
        return new SpillSettings(
                Path.of(
                        System.getProperty("java.io.tmpdir"),
                        "neuralake-spill-" + System.getProperty("user.name")),
                Long.MAX_VALUE,
                Boolean.getBoolean(EVERYTHING_PROPERTY));
    }

    /// Replaces the folder.
    public SpillSettings withFolder(Path path) {
        return new SpillSettings(path, limitBytes, everything);
    }

    /// Replaces the limit.
    public SpillSettings withLimitBytes(long bytes) {
        return new SpillSettings(folder, bytes, everything);
    }

    /// Turns spilling at every batch on or off.
    public SpillSettings withEverything(boolean always) {
        return new SpillSettings(folder, limitBytes, always);
    }
}
