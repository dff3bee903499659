package io.neuralake.connector.parquet.file;

import io.neuralake.spi.statistics.DistinctSketch;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/// The distinct values of a file's columns, as our writer keeps them in the footer's key-value
/// metadata under [#KEY]: base64 of
///
/// | bytes | content |
/// | --- | --- |
/// | 1 | version, 1 |
/// | 8 | number of rows of the file |
/// | 8 | offset behind the last column chunk |
/// | 4 | number of columns that follow: |
/// | 4, n | length and UTF-8 bytes of a top-level column's name |
/// | 4, n | length and bytes of [DistinctSketch#toBytes], over hashes of `ValueHash` |
/// | 4 | CRC-32C of all before |
///
/// Numbers are big-endian. Rows and offset tell sketches of this file from those of another whose
/// metadata somebody copied, as pyarrow does. What is damaged, of another version or of another file is
/// ignored. Immutable.
public final class FileSketches {
    /// The key of the metadata.
    public static final String KEY = "neuralake.sketches";

    /// No sketches.
    public static final FileSketches NONE = new FileSketches(Map.of());

    private static final byte VERSION = 1;
    private static final int CHECKSUM_BYTES = 4;

    private final Map<String, byte[]> columns;

    private FileSketches(Map<String, byte[]> columns) {
        this.columns = Map.copyOf(columns);
    }

    /// Returns the sketch of a top-level column, which is the caller's; null when there is none.
    public @Nullable DistinctSketch column(String name) {
        byte[] bytes = columns.get(name);
        return bytes == null ? null : DistinctSketch.fromBytes(bytes);
    }

    /// Makes the value of the metadata.
    ///
    /// @param rows number of rows of the file
    /// @param end offset behind the last column chunk
    public static String encode(long rows, long end, Map<String, DistinctSketch> columns) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream to = new DataOutputStream(bytes)) {
            to.writeByte(VERSION);
            to.writeLong(rows);
            to.writeLong(end);
            to.writeInt(columns.size());
            for (Map.Entry<String, DistinctSketch> column : columns.entrySet()) {
                write(to, column.getKey().getBytes(StandardCharsets.UTF_8));
                write(to, column.getValue().toBytes());
            }
            to.writeInt(checksum(ByteBuffer.wrap(bytes.toByteArray())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static void write(DataOutputStream to, byte[] bytes) throws IOException {
        to.writeInt(bytes.length);
        to.write(bytes);
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        return (int) checksum.getValue();
    }

    /// Reads the value of the metadata in a file with so many rows whose last column chunk ends there.
    static FileSketches decode(String value, long rows, long end) {
        try {
            byte[] bytes = Base64.getDecoder().decode(value);
            int length = bytes.length - CHECKSUM_BYTES;
            if (length < 1
                    || bytes[0] != VERSION
                    || ByteBuffer.wrap(bytes).getInt(length)
                            != checksum(ByteBuffer.wrap(bytes, 0, length))) {
                return NONE;
            }
            ByteBuffer from = ByteBuffer.wrap(bytes, 1, length - 1);
            if (from.getLong() != rows || from.getLong() != end) {
                return NONE;
            }
            Map<String, byte[]> columns = new LinkedHashMap<>();
            for (int left = from.getInt(); left > 0; left--) {
                String name = new String(read(from), StandardCharsets.UTF_8);
                columns.put(name, read(from));
            }
            return new FileSketches(columns);
        } catch (IllegalArgumentException | BufferUnderflowException damaged) {
            return NONE;
        }
    }

    private static byte[] read(ByteBuffer from) {
        int length = from.getInt();
        if (length < 0 || length > from.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }
}
