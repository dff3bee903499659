package io.neuralake.conformance.scaling;

import java.util.Arrays;
import java.util.List;

/// Simulates a query on a machine with any number of cores: pipelines one after the other, the
/// morsels of each handed to whichever worker is free, then the part that one thread does alone.
/// docs/scaling.md has the assumptions and what they were measured from.
final class ScalingModel {
    private ScalingModel() {}

    /// A pipeline in milliseconds of processor time, measured with one worker.
    ///
    /// @param morsels pieces that workers take: splits of a scan, or partitions of a merge
    /// @param workMillis all morsels together, where one worker runs
    /// @param sharedMillis what comes on top, spread over the morsels, when more than one worker
    ///     runs, such as merging what workers have grouped each for itself
    /// @param serialMillis what one thread does after the last morsel
    /// @param megabytes read from and written to memory beyond the caches, all morsels together
    record Stage(
            String name,
            int morsels,
            double workMillis,
            double sharedMillis,
            double serialMillis,
            double megabytes) {}

    /// A query.
    ///
    /// @param startMillis planning from a cached plan, building pipelines and sending the answer
    record Query(String name, double startMillis, List<Stage> stages) {}

    /// A machine.
    ///
    /// @param workers one a core
    /// @param gigabytesPerSecond of memory, all cores together
    /// @param lockMicros for which a worker that takes a morsel holds the scan's lock and the
    ///     scheduler's; others wait
    /// @param slowdown of work when a neighbour works, too: shared caches, memory, the other thread
    ///     of the core
    record Machine(int workers, double gigabytesPerSecond, double lockMicros, double slowdown) {}

    /// Returns the milliseconds of a query.
    static double millis(Query query, Machine machine) {
        double millis = query.startMillis();
        for (Stage stage : query.stages()) {
            millis += parallelMillis(stage, machine) + stage.serialMillis();
        }
        return millis;
    }

    /// Runs the morsels of a stage, which all take the same time, on the workers. A lock is held for
    /// a moment at each start, by one worker at a time.
    private static double parallelMillis(Stage stage, Machine machine) {
        int workers = Math.min(machine.workers(), stage.morsels());
        boolean alone = workers == 1;
        double work =
                alone
                        ? stage.workMillis()
                        : (stage.workMillis() + stage.sharedMillis()) * machine.slowdown();
        double morsel = work / stage.morsels();
        double lock = machine.lockMicros() / 1000;
        double[] freeAt = new double[workers];
        double lockFreeAt = 0;
        for (int i = 0; i < stage.morsels(); i++) {
            int next = 0;
            for (int w = 1; w < workers; w++) {
                if (freeAt[w] < freeAt[next]) {
                    next = w;
                }
            }
            lockFreeAt = Math.max(freeAt[next], lockFreeAt) + lock;
            freeAt[next] = lockFreeAt + morsel;
        }
        double cores = Arrays.stream(freeAt).max().orElse(0);
        // Megabytes by gigabytes a second are milliseconds.
        return Math.max(cores, stage.megabytes() / machine.gigabytesPerSecond());
    }
}
