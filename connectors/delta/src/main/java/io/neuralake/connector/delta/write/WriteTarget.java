package io.neuralake.connector.delta.write;

import io.neuralake.connector.delta.log.TableMetadata;
import io.neuralake.storage.ObjectStore;

import org.jspecify.annotations.Nullable;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where files of a table are written, and how.
///
/// @param store holds the table
/// @param folder the table's folder, absolute
/// @param metadata schema with physical names and field identifiers, partition columns, properties
/// @param targetFileBytes the size at which a data file is closed and the next one begun
public record WriteTarget(
        ObjectStore store, String folder, TableMetadata metadata, long targetFileBytes) {
    /// The size of files of a table that does not say.
    public static final long DEFAULT_FILE_BYTES = 128L << 20;

    private static final String TARGET_SIZE = "delta.targetFileSize";
    private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*([kmg]?)b?");

    /// Makes a target with the file size that the table asks for.
    public static WriteTarget of(ObjectStore store, String folder, TableMetadata metadata) {
        return new WriteTarget(
                store, folder, metadata, targetBytes(metadata.properties().get(TARGET_SIZE)));
    }

    /// Reads a size such as `104857600` or `100mb`. What cannot be read counts as not there.
    private static long targetBytes(@Nullable String text) {
        Matcher size = text == null ? null : SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (size == null || !size.matches()) {
            return DEFAULT_FILE_BYTES;
        }
        int shift =
                switch (size.group(2)) {
                    case "k" -> 10;
                    case "m" -> 20;
                    case "g" -> 30;
                    default -> 0;
                };
        try {
            long bytes = Math.multiplyExact(Long.parseLong(size.group(1)), 1L << shift);
            return bytes > 0 ? bytes : DEFAULT_FILE_BYTES;
        } catch (ArithmeticException | NumberFormatException tooBig) {
            return DEFAULT_FILE_BYTES;
        }
    }
}
