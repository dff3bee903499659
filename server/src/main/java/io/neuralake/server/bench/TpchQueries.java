package io.neuralake.server.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// The texts of the TPC-H queries with the specification's validation parameters.
public final class TpchQueries {
    /// Number of queries.
    public static final int COUNT = 22;

    private TpchQueries() {}

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
