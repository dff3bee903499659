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

    /// Looks up single rows of [PointsTable] by random keys that exist.
    ///
    /// @param rows of the table
    /// @param prepared binds the key to a statement prepared once; else each request is a text of its
    ///     own, which has to be planned
    record PointLookups(long rows, boolean prepared) implements Workload {
        private static final String SQL =
                "SELECT account, amount, at, label FROM points WHERE id = ";

        @Override
        public String label() {
            return prepared ? "point" : "point text";
        }

        @Override
        public Requests begin(LoadClient client, int number) {
            SplittableRandom random = new SplittableRandom(number);
            if (!prepared) {
                return () -> {
                    long key = PointsTable.key(random.nextLong(rows));
                    check(key, client.value(SQL + key));
                };
            }
            LoadClient.Lookup lookup = client.prepare(SQL + "CAST(? AS BIGINT)");
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
