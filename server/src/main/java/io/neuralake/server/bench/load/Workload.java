package io.neuralake.server.bench.load;

import io.neuralake.server.generate.PointsTable;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;

/// What each client asks, one request after the other.
public sealed interface Workload {
    /// Returns the name in the report.
    String label();

    /// Begins on a connection.
    ///
    /// @param number of the client, which seeds its choices
    Requests begin(LoadClient client, int number);

    /// The requests of one client. Throws INTERNAL_ERROR for a wrong answer.
    @FunctionalInterface
    interface Requests {
        /// Asks and waits for the whole answer.
        void next();
    }

    /// How look-ups bring their key.
    enum Kind {
        /// Bound to a statement that was prepared once.
        PREPARED("point"),
        /// The same, by Flight's Java client, which takes a processor while it binds.
        PREPARED_BY_JAVA_CLIENT("point java"),
        /// In a text of its own, which has to be planned.
        TEXT("point text");

        private final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    /// Looks up single rows of [PointsTable] by random keys that exist.
    ///
    /// @param rows of the table
    record PointLookups(long rows, Kind kind) implements Workload {
        private static final String SQL =
                "SELECT account, amount, at, label FROM points WHERE id = ";
        private static final String PARAMETER = "CAST(? AS BIGINT)";

        @Override
        public String label() {
            return kind.label;
        }

        @Override
        public Requests begin(LoadClient client, int number) {
            SplittableRandom random = new SplittableRandom(number);
            LoadClient.Lookup lookup =
                    switch (kind) {
                        case PREPARED -> client.prepare(SQL + PARAMETER);
                        case PREPARED_BY_JAVA_CLIENT -> client.prepareByDriver(SQL + PARAMETER);
                        case TEXT -> key -> client.value(SQL + key);
                    };
            return () -> {
                long key = PointsTable.key(random.nextLong(rows));
                check(key, lookup.value(key));
            };
        }

        private static void check(long key, long account) {
            if (account != PointsTable.account(key)) {
                throw wrong("key " + key, PointsTable.account(key), account);
            }
        }
    }

    /// Asks the queries of a set in random order, over and over.
    ///
    /// @param queries with the number of rows that each must return
    record Dashboard(Map<String, Long> queries) implements Workload {
        /// Copies the map.
        public Dashboard {
            queries = Map.copyOf(queries);
        }

        @Override
        public String label() {
            return "dashboard";
        }

        @Override
        public Requests begin(LoadClient client, int number) {
            Random random = new Random(number);
            List<String> waiting = new ArrayList<>();
            return () -> {
                if (waiting.isEmpty()) {
                    waiting.addAll(queries.keySet().stream().sorted().toList());
                    Collections.shuffle(waiting, random);
                }
                String sql = waiting.removeLast();
                long rows = client.rows(sql);
                if (rows != queries.getOrDefault(sql, -1L)) {
                    throw wrong(sql, queries.getOrDefault(sql, -1L), rows);
                }
            };
        }
    }

    private static NeuralakeException wrong(String request, long expected, long found) {
        return new NeuralakeException(
                ErrorCode.INTERNAL_ERROR,
                "Wrong answer under load: " + request + ", " + found + " instead of " + expected);
    }
}
