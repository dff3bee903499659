package io.neuralake.connector.files;

import io.neuralake.spi.type.ScalarType;

import java.time.DateTimeException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Narrows down the type of a column by its texts.
final class TypeGuess {
    private static final List<ScalarType> CANDIDATES =
            List.of(
                    ScalarType.BOOLEAN,
                    ScalarType.BIGINT,
                    ScalarType.DOUBLE,
                    ScalarType.DATE,
                    ScalarType.TIMESTAMP,
                    ScalarType.TIMESTAMP_TZ);

    private final Set<ScalarType> possible = EnumSet.copyOf(CANDIDATES);
    private boolean seen;

    /// Takes a text into account; the empty one says nothing.
    void add(String text) {
        if (text.isEmpty()) {
            return;
        }
        seen = true;
        possible.removeIf(type -> !fits(type, text));
    }

    /// Returns a guess that takes one more text into account.
    TypeGuess with(String text) {
        TypeGuess copy = new TypeGuess();
        copy.possible.retainAll(possible);
        copy.seen = seen;
        copy.add(text);
        return copy;
    }

    /// Returns the first candidate that fits all texts, else VARCHAR.
    ScalarType type() {
        if (!seen) {
            return ScalarType.VARCHAR;
        }
        return CANDIDATES.stream()
                .filter(possible::contains)
                .findFirst()
                .orElse(ScalarType.VARCHAR);
    }

    private static boolean fits(ScalarType type, String text) {
        try {
            TextValues.parse(type, text);
            return true;
        } catch (IllegalArgumentException | DateTimeException e) {
            return false;
        }
    }
}
