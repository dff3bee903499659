package io.neuralake.exec;

import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.spill.SpillSettings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;

/// Runs plans in tests under memory limits that make them spill, and checks that neither memory nor
/// files are left.
public final class SpillRunner implements AutoCloseable {
    private final Path folder;
    private final LocalQueryEngine engine;
    private boolean late;

    private SpillRunner(int threads, boolean everything) {
        try {
            folder = Files.createTempDirectory("spill-runner");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        engine =
                new LocalQueryEngine(
                        new EngineSettings(threads, 1L << 30)
                                .withSpill(new SpillSettings(folder, Long.MAX_VALUE, everything)));
    }

    /// Spills under pressure.
    public static SpillRunner of(int threads) {
        return new SpillRunner(threads, false);
    }

    /// Spills at every batch.
    public static SpillRunner everything(int threads) {
        return new SpillRunner(threads, true);
    }

    /// Lets queries run until they can do no more before their results are read.
    public SpillRunner readingLate() {
        late = true;
        return this;
    }

    /// What a run gave.
    public record Outcome(List<List<Object>> rows, long peakBytes, long spilledBytes) {}

    /// Runs a plan under a limit, batches of 2048 rows.
    public Outcome run(PhysicalPlan plan, long limitBytes) {
        return run(plan, limitBytes, QueryOptions.DEFAULT_BATCH_ROWS);
    }

    /// Runs a plan under a limit.
    public Outcome run(PhysicalPlan plan, long limitBytes, int batchRows) {
        QueryOptions options =
                new QueryOptions(List.of(), limitBytes, 0, batchRows, false, ZoneOffset.UTC);
        Outcome outcome;
        try (QueryResult result = engine.execute(plan, options)) {
            if (late) {
                awaitRest();
            }
            List<List<Object>> rows = PlanRunner.drain(result);
            QueryStatistics statistics = result.statistics();
            outcome =
                    new Outcome(
                            rows,
                            statistics.peakBytes(),
                            statistics.operators().stream()
                                    .mapToLong(QueryStatistics.OperatorStatistics::spilledBytes)
                                    .sum());
        }
        checkNothingIsLeft();
        return outcome;
    }

    private void awaitRest() {
        long before;
        long now = -1;
        try {
            do {
                before = now;
                Thread.sleep(200);
                now = engine.reservedBytes() + engine.spillFileBytes();
            } while (now != before);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Fails when memory or spill files are held.
    public void checkNothingIsLeft() {
        if (engine.reservedBytes() != 0 || engine.spillFileBytes() != 0) {
            throw new AssertionError(
                    "Bytes left: "
                            + engine.reservedBytes()
                            + ", in files: "
                            + engine.spillFileBytes());
        }
    }

    /// Runs a plan without limit, then under that part of what it took, and returns the second run.
    public Outcome underPart(PhysicalPlan plan, int part) {
        return underPart(plan, part, QueryOptions.DEFAULT_BATCH_ROWS);
    }

    /// Does so with smaller batches, so that those of a small input are as few beside the limit as those
    /// of a large one.
    public Outcome underPart(PhysicalPlan plan, int part, int batchRows) {
        long peak = run(plan, Long.MAX_VALUE, batchRows).peakBytes();
        Outcome outcome = run(plan, peak / part, batchRows);
        if (outcome.spilledBytes() == 0 || outcome.peakBytes() > peak / part) {
            throw new AssertionError(
                    "Spilled "
                            + outcome.spilledBytes()
                            + " bytes, held "
                            + outcome.peakBytes()
                            + " of "
                            + peak / part);
        }
        return outcome;
    }

    @Override
    public void close() {
        engine.close();
        try (Stream<Path> left = Files.list(folder)) {
            if (left.anyMatch(path -> !path.endsWith("lock"))) {
                throw new AssertionError("Folders left in " + folder);
            }
            Files.deleteIfExists(folder.resolve("lock"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
