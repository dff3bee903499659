package io.neuralake.server.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/// The texts of the TPC-H queries with the specification's validation parameters.
public final class TpchQueries {
    /// Number of queries.
    public static final int COUNT = 22;

    /// Ordinals of the columns in ORDER BY, the first query first.
    private static final List<List<Integer>> ORDER_COLUMNS =
            List.of(
                    List.of(0, 1),
                    List.of(0, 2, 1, 3),
                    List.of(1, 2),
                    List.of(0),
                    List.of(1),
                    List.of(),
                    List.of(0, 1, 2),
                    List.of(0),
                    List.of(0, 1),
                    List.of(2),
                    List.of(1),
                    List.of(0),
                    List.of(1, 0),
                    List.of(),
                    List.of(0),
                    List.of(3, 0, 1, 2),
                    List.of(),
                    List.of(4, 3),
                    List.of(),
                    List.of(0),
                    List.of(1, 0),
                    List.of(0));

    private TpchQueries() {}

    /// Returns the ordinals of the columns by which query 1 to 22 orders its rows.
    public static List<Integer> orderColumns(int number) {
        return ORDER_COLUMNS.get(number - 1);
    }

    /// Returns query 1 to 22, without a semicolon.
    public static String text(int number) {
        String resource = String.format(Locale.ROOT, "/tpch/q%02d.sql", number);
        try (InputStream in = TpchQueries.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("No such query: " + number);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
