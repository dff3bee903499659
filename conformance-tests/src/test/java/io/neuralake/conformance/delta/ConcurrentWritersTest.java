package io.neuralake.conformance.delta;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Several processes write to one table while others compact it and clear it up, and this one reads every
/// version: none shows half a commit, and none is lost or there twice.
class ConcurrentWritersTest {
    private static final int WRITERS = Faults.full(8, 3);
    private static final int LOCAL_ROWS = Faults.full(500, 40);
    private static final int REMOTE_ROWS = Faults.full(500, 20);
    private static final long LIMIT_SECONDS = 3600;
    private static final String HEAP = "160m";

    /// Versions older than that may have lost their files to VACUUM; the reader takes longer than the writers.
    private static final String RETENTION = "interval " + Faults.full(90, 10) + " minutes";

    private static final String LOG = "/t/_delta_log";

    @TempDir Path folder;

    private final Map<Integer, Long> seen = new TreeMap<>();

    @ParameterizedTest
    @EnumSource
    void nothingIsLostAndNothingIsThereTwice(LakePlace.Kind kind)
            throws IOException, InterruptedException {
        int rows = kind == LakePlace.Kind.LOCAL ? LOCAL_ROWS : REMOTE_ROWS;
        LakePlace place = LakePlace.make(kind, Files.createDirectory(folder.resolve("lake")));
        try (EmbeddedLake lake = new EmbeddedLake(place)) {
            lake.run(
                    "CREATE TABLE t (writer INTEGER, i INTEGER, v BIGINT, name VARCHAR)"
                            + " TBLPROPERTIES ('delta.deletedFileRetentionDuration' = '"
                            + RETENTION
                            + "', 'delta.checkpointInterval' = '20')");
            lake.run("INSERT INTO t VALUES (" + DeltaWriter.COUNTER + ", 1, 0, 'counter')");
            long started = System.nanoTime();
            writeAndRead(lake, place, rows);
            System.out.printf(
                    "%s: %d processes x %d rows: version %d after %.1f s%n",
                    kind, WRITERS, rows, lake.version("t"), (System.nanoTime() - started) / 1e9);
            versionsAreContiguous(lake, place);
            assertThat(seen)
                    .as("rows by writer")
                    .hasSize(WRITERS)
                    .allSatisfy((_, written) -> assertThat(written).isEqualTo(rows));
            assertThat(lake.number("SELECT v FROM t WHERE writer = " + DeltaWriter.COUNTER))
                    .as("increments")
                    .isEqualTo((long) WRITERS * (rows / DeltaWriter.PER_INCREMENT));
        }
    }

    private void writeAndRead(EmbeddedLake lake, LakePlace place, int rows)
            throws IOException, InterruptedException {
        List<ChildJvm> writers = new ArrayList<>();
        List<ChildJvm> others = new ArrayList<>();
        Path stop = folder.resolve("stop");
        try {
            IntStream.rangeClosed(1, WRITERS)
                    .forEach(i -> writers.add(start(place, "insert", "" + i, "" + rows)));
            others.add(start(place, "OPTIMIZE t", stop.toString()));
            others.add(start(place, "VACUUM t", stop.toString()));
            long version = 0;
            while (writers.stream().anyMatch(ChildJvm::isAlive)) {
                version = checkVersions(lake, version);
            }
            Files.createFile(stop);
            for (ChildJvm child : Stream.concat(writers.stream(), others.stream()).toList()) {
                finish(child);
            }
            checkVersions(lake, version);
        } finally {
            for (ChildJvm child : Stream.concat(writers.stream(), others.stream()).toList()) {
                child.close();
            }
        }
    }

    private ChildJvm start(LakePlace place, String... arguments) {
        List<String> all = new ArrayList<>(place.arguments());
        all.addAll(List.of(arguments));
        return ChildJvm.start(DeltaWriter.class, HEAP, folder, all);
    }

    private static void finish(ChildJvm child) throws InterruptedException {
        int code = child.await(LIMIT_SECONDS);
        assertThat(code).as(child.errors()).isZero();
        String last = child.line();
        if (last != null && last.startsWith("unsupported")) {
            System.out.println("SKIPPED in ConcurrentWritersTest: " + last);
        } else {
            assertThat(last).startsWith("done");
        }
    }

    /// Checks the versions since one, and waits for none.
    ///
    /// @return the newest
    private long checkVersions(EmbeddedLake lake, long since) {
        long newest = lake.version("t");
        for (long version = since + 1; version <= newest; version++) {
            check(lake, version);
        }
        return newest;
    }

    /// Each writer's rows are 1 to as many as there are, and no fewer than before.
    private void check(EmbeddedLake lake, long version) {
        List<List<@Nullable Object>> rows =
                lake.query(
                                "SELECT writer, count(*), count(DISTINCT i), max(i), sum(v) FROM t"
                                        + " FOR VERSION AS OF "
                                        + version
                                        + " GROUP BY writer")
                        .rows();
        for (List<@Nullable Object> row : rows) {
            int writer = ((BigDecimal) row.get(0)).intValue();
            if (writer != DeltaWriter.COUNTER) {
                long count = ((BigDecimal) row.get(1)).longValue();
                String what = "version " + version + ", writer, count, distinct, max, sum: " + row;
                assertThat(((BigDecimal) row.get(2)).longValue()).as(what).isEqualTo(count);
                assertThat(((BigDecimal) row.get(3)).longValue()).as(what).isEqualTo(count);
                assertThat(((BigDecimal) row.get(4)).longValue())
                        .as(what)
                        .isEqualTo(7 * count * (count + 1) / 2);
                assertThat(count).as(what).isGreaterThanOrEqualTo(seen.getOrDefault(writer, 0L));
                seen.put(writer, count);
            } else {
                assertThat(((BigDecimal) row.get(1)).longValue()).as("counters").isEqualTo(1);
            }
        }
    }

    private static void versionsAreContiguous(EmbeddedLake lake, LakePlace place) {
        List<Long> versions =
                lake.fileNames(place.lake() + LOG).stream()
                        .filter(name -> name.matches("\\d{20}\\.json"))
                        .map(name -> Long.parseLong(name.substring(0, 20)))
                        .sorted()
                        .toList();
        for (int i = 1; i < versions.size(); i++) {
            assertThat(versions.get(i)).isEqualTo(versions.get(i - 1) + 1);
        }
        assertThat(versions.getLast()).isEqualTo(lake.version("t"));
    }
}
