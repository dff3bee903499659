package io.neuralake.conformance.random;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.conformance.random.QueryGenerator.Query;
import io.neuralake.exec.EngineSettings;
import io.neuralake.planner.SqlSession;
import io.neuralake.server.LakeServer;
import io.neuralake.server.bench.DuckDbBenchEngine;
import io.neuralake.server.bench.NeuralakeBenchEngine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Random queries over random tables, answered as DuckDB answers them in the same process.
///
/// The suite runs the same queries each time, so that a change fails by what it changed;
/// `-Dneuralake.random.seed=N` runs others, `-Dneuralake.random.queries=N` more. A
/// difference is made smaller and printed with the seed of a run that has it among its first hundred
/// queries. An error of only one engine is a difference, too; nothing is excused. What the engines
/// define differently is not generated: see [ExpressionGenerator] and [AggregateGenerator].
class RandomQueryTest {
    private static final int QUERIES_A_LAKE = 100;
    private static final int MOST_FAILURES = 10;
    private static final int ATTEMPTS = 400;

    /// The order of a whole query, which is by ordinals.
    private static final Pattern ORDER = Pattern.compile(" ORDER BY \\d+ (ASC|DESC)");

    @TempDir Path folder;

    @Test
    void answersLikeDuckDb() throws Exception {
        long seed = Long.getLong("neuralake.random.seed", 7000);
        int queries = Integer.getInteger("neuralake.random.queries", 200);
        System.out.println(
                "random queries: -Dneuralake.random.seed="
                        + seed
                        + " -Dneuralake.random.queries="
                        + queries);
        Report report = new Report();
        for (int from = 0; from < queries && !report.full(); from += QUERIES_A_LAKE) {
            Path lake = Files.createDirectory(folder.resolve("lake" + from));
            RandomTables.write(lake, new RandomSource(seed + from));
            try (Engines engines = new Engines(lake)) {
                int count = Math.min(QUERIES_A_LAKE, queries - from);
                for (int i = 0; i < count && !report.full(); i++) {
                    engines.compare(seed + from, i, report);
                }
            }
        }
        System.out.println(report);
        assertThat(report.failures).isEmpty();
    }

    /// What came out.
    private static final class Report {
        private final List<String> failures = new ArrayList<>();
        private final Map<String, Integer> errors = new TreeMap<>();
        private int rows;
        private int empty;

        boolean full() {
            return failures.size() >= MOST_FAILURES;
        }

        @Override
        public String toString() {
            return rows + " queries with rows, " + empty + " without, errors of both: " + errors;
        }
    }

    /// Both engines over one lake.
    private static final class Engines implements AutoCloseable {
        private final LakeServer lake;
        private final NeuralakeBenchEngine ours;
        private final DuckDbBenchEngine theirs;

        Engines(Path folder) {
            lake =
                    LakeServer.open(
                            folder.toString(),
                            EngineSettings.defaults()
                                    .withThreads(2)
                                    .withMemoryLimitBytes(1L << 30));
            ours = new NeuralakeBenchEngine(lake);
            theirs = new DuckDbBenchEngine(folder, 1);
        }

        void compare(long seed, int number, Report report) {
            RandomSource random = new RandomSource(seed * 1_000_003 + number);
            SqlSession session = session(random);
            Query query = new QueryGenerator(random).query();
            String text = query.sql().toString();
            Outcome ourOutcome = Outcome.of(() -> ours.run(text, session));
            Outcome theirOutcome = Outcome.of(() -> theirs.run(text));
            if (Outcome.same(ourOutcome, theirOutcome, query.ordered())) {
                count(text, ourOutcome, theirOutcome, report);
            } else {
                report.failures.add(describe(seed, number, query, session));
                System.out.println(report.failures.getLast());
            }
            assertThat(lake.queries().reservedBytes()).as(text).isZero();
        }

        private static void count(
                String text, Outcome outcome, Outcome theirOutcome, Report report) {
            switch (outcome) {
                case Outcome.Rows(var rows) when rows.isEmpty() -> report.empty++;
                case Outcome.Rows _ -> report.rows++;
                case Outcome.Failed(String message) -> {
                    System.out.println("both fail: " + text + "\n" + message + "\n" + theirOutcome);
                    report.errors.merge(
                            message.substring(message.lastIndexOf('[')), 1, Integer::sum);
                }
            }
        }

        private static SqlSession session(RandomSource random) {
            SqlSession session = new SqlSession("random");
            switch (random.below(6)) {
                case 0 -> session.settings().put("batch_rows", "7");
                case 1 -> session.settings().put("threads", "1");
                case 2 -> session.settings().put("optimizer", "off");
                default -> {}
            }
            return session;
        }

        /// Makes the query smaller and tells what each engine says.
        private String describe(long seed, int number, Query query, SqlSession session) {
            String whole = query.sql().toString();
            String kind = kind(whole, session);
            Sql.reduce(query.sql(), sql -> differs(sql, query.ordered(), session, kind), ATTEMPTS);
            String sql = query.sql().toString();
            return "query "
                    + number
                    + " of -Dneuralake.random.seed="
                    + seed
                    + " under "
                    + session.settings()
                    + "\n"
                    + sql
                    + "\nneuralake: "
                    + Outcome.of(() -> ours.run(sql, session))
                    + "\nduckdb: "
                    + Outcome.of(() -> theirs.run(sql))
                    + "\nfrom: "
                    + whole
                    + "\n";
        }

        private String kind(String sql, SqlSession session) {
            return kind(
                    Outcome.of(() -> ours.run(sql, session)), Outcome.of(() -> theirs.run(sql)));
        }

        /// Tells differences apart, so that a smaller query shows the same one.
        private static String kind(Outcome ourOutcome, Outcome theirOutcome) {
            return start(ourOutcome) + " and " + start(theirOutcome);
        }

        private static String start(Outcome outcome) {
            return outcome instanceof Outcome.Failed(String message)
                    ? message.substring(0, Math.min(message.length(), 40))
                    : "rows";
        }

        private boolean differs(String sql, boolean ordered, SqlSession session, String kind) {
            Outcome ourOutcome = Outcome.of(() -> ours.run(sql, session));
            Outcome theirOutcome = Outcome.of(() -> theirs.run(sql));
            boolean compared = ordered && ORDER.matcher(sql).find();
            return !Outcome.same(ourOutcome, theirOutcome, compared)
                    && kind(ourOutcome, theirOutcome).equals(kind);
        }

        @Override
        public void close() {
            ours.close();
            theirs.close();
        }
    }
}
