package io.neuralake.server.bench;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32;

/// The rows of a result in a form that two engines share: numbers as BigDecimal or Double, all else
/// as text, null as null.
///
/// @param rows in the order of the result
public record Answer(List<List<@Nullable Object>> rows) {
    private static final double TOLERANCE = 1e-9;

    /// Compares with another engine's answer, row order aside: a query may leave ties open. Doubles
    /// agree within a relative 1e-9, and with decimals as doubles.
    ///
    /// @return the first difference, or empty
    public Optional<String> difference(Answer other) {
        if (rows.size() != other.rows.size()) {
            return Optional.of("rows: " + rows.size() + " and " + other.rows.size());
        }
        List<List<@Nullable Object>> left = sorted();
        List<List<@Nullable Object>> right = other.sorted();
        for (int r = 0; r < left.size(); r++) {
            if (left.get(r).size() != right.get(r).size()) {
                return Optional.of(
                        "columns: " + left.get(r).size() + " and " + right.get(r).size());
            }
            for (int c = 0; c < left.get(r).size(); c++) {
                Object l = left.get(r).get(c);
                Object o = right.get(r).get(c);
                if (!agree(l, o)) {
                    return Optional.of(
                            "sorted row " + r + ", column " + c + ": " + l + " and " + o);
                }
            }
        }
        return Optional.empty();
    }

    /// Compares the columns by which a query orders its rows, in the order of the rows. The other
    /// answer must have as many rows.
    ///
    /// @param columns ordinals
    /// @return the first difference, or empty
    public Optional<String> difference(Answer other, List<Integer> columns) {
        for (int r = 0; r < rows.size(); r++) {
            for (int c : columns) {
                Object l = rows.get(r).get(c);
                Object o = other.rows.get(r).get(c);
                if (!agree(l, o)) {
                    return Optional.of(
                            "order of row " + r + ", column " + c + ": " + l + " and " + o);
                }
            }
        }
        return Optional.empty();
    }

    /// Returns the rows but for the last one and those that have its values in some columns. There
    /// must be a row.
    ///
    /// @param columns ordinals
    Answer withoutTiesOfLastRow(List<Integer> columns) {
        List<@Nullable Object> last = rows.getLast();
        return new Answer(
                rows.stream()
                        .filter(
                                row ->
                                        !columns.stream()
                                                .allMatch(c -> agree(row.get(c), last.get(c))))
                        .toList());
    }

    private List<List<@Nullable Object>> sorted() {
        List<List<@Nullable Object>> sorted = new ArrayList<>(rows);
        // Texts and exact numbers first: doubles may differ in the last digits.
        sorted.sort(
                (left, right) -> {
                    int byText = key(left, false).compareTo(key(right, false));
                    return byText != 0 ? byText : key(left, true).compareTo(key(right, true));
                });
        return sorted;
    }

    private static String key(List<?> row, boolean withNumbers) {
        StringBuilder key = new StringBuilder();
        for (Object value : row) {
            if (value instanceof BigDecimal || value instanceof Double) {
                if (withNumbers) {
                    key.append(
                            String.format(Locale.ROOT, "%030.4f", ((Number) value).doubleValue()));
                }
            } else {
                key.append(value);
            }
            key.append('|');
        }
        return key.toString();
    }

    private static boolean agree(@Nullable Object left, @Nullable Object right) {
        if (left == null || right == null) {
            return left == null && right == null;
        }
        if (left instanceof BigDecimal l && right instanceof BigDecimal r) {
            return l.compareTo(r) == 0 || close(l.doubleValue(), r.doubleValue(), l, r);
        }
        if (left instanceof Number l && right instanceof Number r) {
            return close(l.doubleValue(), r.doubleValue(), null, null);
        }
        return left.equals(right);
    }

    /// Exact decimals of equal scale must be equal; quotients of different scale are rounded. An
    /// integer is no rounded quotient.
    private static boolean close(
            double left, double right, @Nullable BigDecimal l, @Nullable BigDecimal r) {
        if (l != null && r != null && l.scale() == r.scale()) {
            return false;
        }
        if (Double.isNaN(left) || Double.isNaN(right)) {
            return Double.isNaN(left) && Double.isNaN(right);
        }
        double unit = Math.max(1, Math.max(Math.abs(left), Math.abs(right)));
        double scaleError =
                l == null || r == null || Math.min(l.scale(), r.scale()) <= 0
                        ? 0
                        : Math.pow(10, -Math.min(l.scale(), r.scale()));
        return Math.abs(left - right) <= Math.max(TOLERANCE * unit, scaleError);
    }

    /// Returns a checksum over the sorted rows, numbers rounded to four digits behind the point.
    public String checksum() {
        CRC32 crc = new CRC32();
        for (List<@Nullable Object> row : sorted()) {
            crc.update(
                    (key(row, false) + key(row, true) + "\n")
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        return String.format(Locale.ROOT, "%08x", crc.getValue());
    }
}
