package io.neuralake.conformance.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.planner.PreparedSql;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Arrays;

/// How long INSERT of one row takes, as commits add up: printed, not judged. The goal is 15 ms for 99 of 100 after
/// 10,000 commits, on a local disk.
class CommitLatencyTest {
    private static final int COMMITS = Faults.full(11_000, 200);
    private static final int BLOCK = Faults.full(1000, 100);

    @TempDir Path folder;

    @Test
    void everyInsertIsOneVersion() {
        try (EmbeddedLake lake = new EmbeddedLake(folder)) {
            lake.run("CREATE TABLE t (id INTEGER, at TIMESTAMP, name VARCHAR)");
            PreparedSql insert =
                    lake.prepare(
                            "INSERT INTO t VALUES (1, TIMESTAMP '2024-01-01 00:00:00', 'a name')");
            long[] nanos = new long[BLOCK];
            for (int i = 0; i < COMMITS; i++) {
                long started = System.nanoTime();
                lake.execute(insert);
                nanos[i % BLOCK] = System.nanoTime() - started;
                if ((i + 1) % BLOCK == 0) {
                    print(i + 1, nanos);
                }
            }
            assertThat(lake.version("t")).isEqualTo(COMMITS);
            assertThat(lake.number("SELECT count(*) FROM t")).isEqualTo(COMMITS);
        }
    }

    private static void print(int commits, long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        System.out.printf(
                "INSERT of one row, after %d commits: p50 %.2f ms, p99 %.2f ms, longest %.2f ms%n",
                commits,
                sorted[sorted.length / 2] / 1e6,
                sorted[sorted.length * 99 / 100] / 1e6,
                sorted[sorted.length - 1] / 1e6);
    }
}
