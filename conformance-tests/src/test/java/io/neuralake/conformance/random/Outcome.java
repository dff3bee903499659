package io.neuralake.conformance.random;

import io.neuralake.server.bench.Answer;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// What an engine made of a query: rows as texts that engines share, or an error.
sealed interface Outcome {
    /// The rows in their order.
    record Rows(List<String> rows) implements Outcome {
        @Override
        public String toString() {
            return rows.size()
                    + " rows"
                    + rows.stream().limit(40).map(r -> "\n  " + r).collect(Collectors.joining());
        }
    }

    /// The error.
    record Failed(String message) implements Outcome {}

    /// Runs a query.
    static Outcome of(Supplier<Answer> query) {
        try {
            return new Rows(query.get().rows().stream().map(Outcome::text).toList());
        } catch (NeuralakeException e) {
            return new Failed(e.getMessage() + " [" + e.code().sqlState() + "]");
        } catch (RuntimeException e) {
            return new Failed(e.toString());
        }
    }

    /// Tells whether two outcomes are the same; the order of rows counts if `ordered`. Two errors are
    /// the same.
    static boolean same(Outcome left, Outcome right, boolean ordered) {
        if (left instanceof Rows(var l) && right instanceof Rows(var r)) {
            return ordered ? l.equals(r) : sorted(l).equals(sorted(r));
        }
        return left instanceof Failed && right instanceof Failed;
    }

    private static List<String> sorted(List<String> rows) {
        List<String> sorted = new ArrayList<>(rows);
        sorted.sort(null);
        return sorted;
    }

    private static String text(List<@Nullable Object> row) {
        return row.stream().map(Outcome::text).collect(Collectors.joining("|"));
    }

    /// Whole numbers are exact; others are rounded to nine digits, since engines divide in different
    /// types; the sign of zero is left out.
    private static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "NULL";
            case BigDecimal d -> number(d);
            case Double d when Double.isFinite(d) -> number(new BigDecimal(d));
            default -> value.toString();
        };
    }

    private static String number(BigDecimal value) {
        if (value.signum() == 0) {
            return "0";
        }
        BigDecimal plain = value.stripTrailingZeros();
        BigDecimal shown = plain.scale() <= 0 ? plain : plain.round(new MathContext(9));
        return shown.stripTrailingZeros().toPlainString();
    }
}
