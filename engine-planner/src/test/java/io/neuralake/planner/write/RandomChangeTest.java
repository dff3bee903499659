package io.neuralake.planner.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/// Random changes against a model that goes over rows one by one.
class RandomChangeTest {
    private static final int STATEMENTS = 40;

    /// A row of two numbers that may be null.
    private record Pair(@Nullable Integer key, @Nullable Integer value) {
        boolean matches(Pair other) {
            return key != null && key.equals(other.key);
        }

        @Override
        public String toString() {
            return key + "|" + value;
        }

        String sql() {
            return "(cast(" + key + " as integer), cast(" + value + " as integer))";
        }
    }

    /// What a clause of MERGE does with a row, and for which values it does.
    private record Clause(String kind, int less, String action) {
        boolean holds(@Nullable Integer value) {
            return value != null && value < less;
        }
    }

    @Test
    void changesAreThoseOfTheModel() {
        for (long seed = 1; seed <= 2; seed++) {
            Random random = new Random(seed);
            try (WriteFixture lake = new WriteFixture()) {
                lake.run("create table t (k integer, v integer)");
                lake.run("create table s (k integer, v integer)");
                List<Pair> model = new ArrayList<>();
                for (int i = 0; i < STATEMENTS; i++) {
                    model = step(lake, random, model, "seed " + seed + ", statement " + i);
                }
            }
        }
    }

    private static List<Pair> step(
            WriteFixture lake, Random random, List<Pair> model, String place) {
        int bound = random.nextInt(12);
        List<Pair> expected = new ArrayList<>();
        String sql;
        switch (random.nextInt(6)) {
            case 0 -> {
                sql = "delete from t where v < " + bound;
                model.stream().filter(r -> !isLess(r.value(), bound)).forEach(expected::add);
            }
            case 1 -> {
                sql = "update t set v = k + 1, k = v where v < " + bound;
                for (Pair r : model) {
                    expected.add(
                            isLess(r.value(), bound)
                                    ? new Pair(r.value(), r.key() == null ? null : r.key() + 1)
                                    : r);
                }
            }
            case 2, 3 -> {
                List<Pair> rows = pairs(random, 6, 10);
                sql = "insert into t values " + sql(rows);
                expected.addAll(model);
                expected.addAll(rows);
            }
            default -> {
                return merge(lake, random, model, place);
            }
        }
        lake.run(sql);
        check(lake, expected, place + ": " + sql);
        return expected;
    }

    private static List<Pair> merge(
            WriteFixture lake, Random random, List<Pair> model, String place) {
        List<Pair> source = pairs(random, 5, 10);
        lake.run("insert overwrite s values " + sql(source));
        List<Clause> clauses = new ArrayList<>();
        for (String kind : List.of("matched", "not matched", "not matched by source")) {
            int count = random.nextInt(3);
            for (int i = 0; i < count; i++) {
                String action =
                        kind.equals("not matched")
                                ? "insert"
                                : List.of("delete", "update", "do nothing").get(random.nextInt(3));
                clauses.add(new Clause(kind, random.nextInt(14), action));
            }
        }
        if (clauses.isEmpty()) {
            return model;
        }
        String sql = "merge into t using s on t.k = s.k" + text(clauses);
        List<Pair> expected = merged(model, source, clauses);
        NeuralakeException error = null;
        try {
            lake.run(sql);
        } catch (NeuralakeException e) {
            error = e;
        }
        String what = place + ": " + sql + " with " + source;
        if (expected == null) {
            assertThat(error).as(what).isNotNull();
            assertThat(error.code()).as(what).isEqualTo(ErrorCode.CARDINALITY_VIOLATION);
            check(lake, model, what);
            return model;
        }
        assertThat(error).as(what).isNull();
        check(lake, expected, what);
        return expected;
    }

    private static String text(List<Clause> clauses) {
        StringBuilder text = new StringBuilder();
        for (Clause clause : clauses) {
            boolean bySource = clause.kind().endsWith("source");
            text.append(" when ")
                    .append(clause.kind())
                    .append(bySource ? " and t.v < " : " and s.v < ")
                    .append(clause.less())
                    .append(" then ")
                    .append(
                            switch (clause.action()) {
                                case "update" ->
                                        "update set v = " + (bySource ? "t.v + 100" : "s.v + 50");
                                case "insert" -> "insert (v, k) values (s.v, s.k)";
                                default -> clause.action();
                            });
        }
        return text.toString();
    }

    /// Returns what the rows become; null if a row would change twice.
    private static @Nullable List<Pair> merged(
            List<Pair> rows, List<Pair> source, List<Clause> clauses) {
        List<Pair> result = new ArrayList<>();
        for (Pair row : rows) {
            Pair now = row;
            int changes = 0;
            boolean matched = false;
            for (Pair other : source) {
                if (row.matches(other)) {
                    matched = true;
                    Clause clause = first(clauses, "matched", other.value());
                    if (clause != null && !clause.action().equals("do nothing")) {
                        changes++;
                        now = changed(row, clause, other.value() + 50);
                    }
                }
            }
            Clause clause = matched ? null : first(clauses, "not matched by source", row.value());
            if (clause != null && !clause.action().equals("do nothing")) {
                now = changed(row, clause, row.value() + 100);
            }
            if (changes > 1) {
                return null;
            }
            if (now != null) {
                result.add(now);
            }
        }
        for (Pair other : source) {
            if (rows.stream().noneMatch(other::matches)
                    && first(clauses, "not matched", other.value()) != null) {
                result.add(other);
            }
        }
        return result;
    }

    private static @Nullable Pair changed(Pair row, Clause clause, int value) {
        return clause.action().equals("delete") ? null : new Pair(row.key(), value);
    }

    private static @Nullable Clause first(
            List<Clause> clauses, String kind, @Nullable Integer value) {
        return clauses.stream()
                .filter(c -> c.kind().equals(kind) && c.holds(value))
                .findFirst()
                .orElse(null);
    }

    private static boolean isLess(@Nullable Integer value, int bound) {
        return value != null && value < bound;
    }

    private static List<Pair> pairs(Random random, int count, int range) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pairs.add(
                    new Pair(
                            random.nextInt(10) == 0 ? null : random.nextInt(range * 2),
                            random.nextInt(10) == 0 ? null : random.nextInt(range)));
        }
        return pairs;
    }

    private static String sql(List<Pair> rows) {
        return rows.stream().map(Pair::sql).collect(Collectors.joining(", "));
    }

    private static void check(WriteFixture lake, List<Pair> expected, String what) {
        List<String> wanted =
                expected.stream().map(Pair::toString).sorted(Comparator.naturalOrder()).toList();
        assertThat(lake.texts("select k, v from t").stream().sorted().toList())
                .as(what)
                .isEqualTo(wanted);
    }
}
