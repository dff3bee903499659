package io.neuralake.conformance.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.conformance.delta.DeltaVictim.Kind;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// A process that writes is killed at random points: the table can be read afterwards, has the commit whole
/// or not at all, the next writer goes on, and VACUUM clears away what was left.
class KilledWriterTest {
    private static final int KILLS = Faults.full(50, 3);
    private static final int STATEMENTS = 3;
    private static final long FIRST_GUESS_NANOS = 300_000_000;

    @TempDir Path folder;

    private final Random random = new Random(7);

    @ParameterizedTest
    @EnumSource(Kind.class)
    void commitIsWholeOrNotThere(Kind kind) throws IOException, InterruptedException {
        Path place = Files.createDirectory(folder.resolve("lake"));
        try (EmbeddedLake lake = new EmbeddedLake(place)) {
            lake.run(
                    "CREATE TABLE t (n BIGINT, i BIGINT) TBLPROPERTIES"
                            + " ('delta.checkpointInterval' = '5')");
            long count = 0;
            int whole = 0;
            for (int i = 0; i < KILLS; i++) {
                long done = kill(kind, place, count);
                count = state(lake, kind, done);
                whole += (int) (count - done);
                if (i % 5 == 0 && kind == Kind.INSERT && count > 20) {
                    lake.run("TRUNCATE TABLE t");
                    count = 0;
                } else {
                    count++;
                    for (String statement : kind.statements(count)) {
                        lake.run(statement);
                    }
                }
                assertThat(lake.number(kind.check(count))).as("after the next writer").isOne();
            }
            System.out.printf(
                    "%s: killed %d times, %d of the commits were there, version %d%n",
                    kind, KILLS, whole, lake.version("t"));
            clearUp(lake, kind, place, count);
        }
    }

    /// Starts a process, waits until it is in one of its first statements, and kills it some time later.
    ///
    /// @param before statements that were run before
    /// @return the last statement that the process has said to be done
    private long kill(Kind kind, Path place, long before) throws IOException, InterruptedException {
        long done = before;
        try (ChildJvm victim =
                ChildJvm.start(
                        DeltaVictim.class,
                        "256m",
                        folder,
                        List.of(place.toString(), kind.name(), "" + (before + 1)))) {
            long last = before + 1 + random.nextInt(STATEMENTS);
            long nanos = FIRST_GUESS_NANOS;
            long started = System.nanoTime();
            String line = victim.line();
            while (line != null && !line.equals("start " + last)) {
                if (line.startsWith("done")) {
                    nanos = System.nanoTime() - started;
                }
                started = System.nanoTime();
                line = victim.line();
            }
            assertThat(line).as(victim.errors()).isNotNull();
            LockSupport.parkNanos(random.nextLong(nanos * 5 / 4) + 1);
            victim.kill();
            done = last - 1;
            String rest = victim.line();
            while (rest != null) {
                if (rest.startsWith("done ")) {
                    done = Long.parseLong(rest.substring("done ".length()));
                }
                rest = victim.line();
            }
        }
        return done;
    }

    /// Returns how many statements the table has: what was done, or one more.
    private static long state(EmbeddedLake lake, Kind kind, long done) {
        for (long n = done; n <= done + 1; n++) {
            if (lake.number(kind.check(n)) == 1) {
                return n;
            }
        }
        throw new AssertionError(
                kind
                        + ": the table has neither "
                        + done
                        + " statements nor one more: "
                        + lake.query("SELECT count(*), min(n), max(n), sum(i) FROM t"));
    }

    private static void clearUp(EmbeddedLake lake, Kind kind, Path place, long count)
            throws IOException {
        try {
            lake.run(
                    "ALTER TABLE t SET TBLPROPERTIES ('delta.deletedFileRetentionDuration' ="
                            + " 'interval 0 seconds')");
            lake.run("VACUUM t");
        } catch (NeuralakeException e) {
            if (e.code() != ErrorCode.UNSUPPORTED) {
                throw e;
            }
            System.out.println("SKIPPED in KilledWriterTest: " + e.getMessage());
            return;
        }
        try (Stream<Path> files = Files.walk(place.resolve("t"))) {
            List<String> data =
                    files.map(Path::toString)
                            .filter(file -> file.endsWith(".parquet"))
                            .filter(file -> !file.contains("_delta_log"))
                            .toList();
            assertThat(data)
                    .as("data files on disk")
                    .hasSize((int) lake.number("SELECT count(*) FROM table_files(t)"));
        }
        assertThat(lake.number(kind.check(count))).as("after VACUUM").isOne();
    }
}
