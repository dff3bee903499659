package io.neuralake.conformance.client;

import io.neuralake.server.bench.Answer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads the rows that a client's process wrote: one line a row, values separated by tabs, each with
/// one letter in front: `N` null, `D` exact number, `F` double, `T` text in which backslash, tab and
/// line feed are escaped.
final class ClientAnswer {
    private ClientAnswer() {}

    static Answer read(Path file) throws IOException {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (String line : Files.readString(file).split("\n")) {
            if (line.isEmpty()) {
                continue;
            }
            List<@Nullable Object> values = new ArrayList<>();
            for (String value : line.split("\t", -1)) {
                values.add(value(value));
            }
            rows.add(values);
        }
        return new Answer(rows);
    }

    private static @Nullable Object value(String value) {
        String text = value.substring(1);
        return switch (value.charAt(0)) {
            case 'N' -> null;
            case 'D' -> new BigDecimal(text);
            case 'F' -> Double.valueOf(text);
            case 'T' -> text.translateEscapes();
            default -> throw new IllegalArgumentException("Unknown value: " + value);
        };
    }
}
