package io.neuralake.connector.parquet.file;

import io.neuralake.spi.catalog.ColumnStatistics;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.statistics.DistinctSketch;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/// The file in which a table's statistics lie that ANALYZE found and its Parquet files lack. Its name
/// begins with `_` or `.`, so that those who list tables leave it out:
///
/// | table | file |
/// | --- | --- |
/// | a folder | `_neuralake_statistics` in it |
/// | `t.parquet` | `.t.parquet.neuralake_statistics` beside it |
///
/// Binary and big-endian: version 1, then of each file its path from here, size, time of change,
/// rows, and of each column its name, nulls, bounds and sketch; CRC-32C of all before. Damaged
/// content, that of another version, and what is said of a file of another size or time is ignored.
public final class KeptStatistics {
    private static final byte VERSION = 1;
    private static final int CHECKSUM_BYTES = 4;

    private KeptStatistics() {}

    /// What is kept of one file.
    ///
    /// @param columns by name
    public record FileStatistics(long rowCount, Map<String, ColumnStatistics> columns) {
        /// Copies the map.
        public FileStatistics {
            columns = Map.copyOf(columns);
        }
    }

    /// Returns where the statistics of a table lie.
    ///
    /// @param location the table's folder or file
    public static Path place(Path location, boolean isFolder) {
        return isFolder
                ? location.resolve("_neuralake_statistics")
                : location.resolveSibling("." + location.getFileName() + ".neuralake_statistics");
    }

    /// Reads what is kept, by the version of the file that it is said of; nothing when there is no
    /// such place or it cannot be read.
    public static Map<FileId, FileStatistics> read(Path place) {
        try {
            byte[] bytes = Files.readAllBytes(place);
            int length = bytes.length - CHECKSUM_BYTES;
            if (length < 1
                    || bytes[0] != VERSION
                    || ByteBuffer.wrap(bytes).getInt(length) != checksum(bytes, length)) {
                return Map.of();
            }
            DataInputStream from =
                    new DataInputStream(new ByteArrayInputStream(bytes, 1, length - 1));
            Map<FileId, FileStatistics> found = new LinkedHashMap<>();
            for (int files = from.readInt(); files > 0; files--) {
                String path = place.resolveSibling(text(from)).toString();
                FileId id = new FileId(path, from.readLong(), from.readLong());
                found.put(id, file(from));
            }
            return found;
        } catch (IOException | RuntimeException absentOrDamaged) {
            return Map.of();
        }
    }

    private static FileStatistics file(DataInputStream from) throws IOException {
        long rows = from.readLong();
        Map<String, ColumnStatistics> columns = new HashMap<>();
        for (int left = from.readInt(); left > 0; left--) {
            String name = text(from);
            long nulls = from.readLong();
            Object minimum = value(from);
            Object maximum = value(from);
            DistinctSketch sketch = DistinctSketch.fromBytes(bytes(from));
            double distinct = sketch == null ? Double.NaN : sketch.estimate();
            columns.put(
                    name,
                    new ColumnStatistics(minimum, maximum, nulls, distinct, Double.NaN, sketch));
        }
        return new FileStatistics(rows, columns);
    }

    /// Replaces what is kept, so that readers see all or nothing of it. Throws STORAGE_ERROR.
    public static void write(Path place, Map<FileId, FileStatistics> files) {
        Path hidden = place.resolveSibling("." + place.getFileName() + ".tmp");
        try {
            Files.write(hidden, encoded(place, files));
            Files.move(
                    hidden,
                    place,
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            try {
                Files.deleteIfExists(hidden);
            } catch (IOException left) {
                e.addSuppressed(left);
            }
            throw new NeuralakeException(
                    ErrorCode.STORAGE_ERROR,
                    "Statistics cannot be written to the lake: " + place + ": " + reason(e),
                    e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "no such folder" : e.toString();
    }

    private static byte[] encoded(Path place, Map<FileId, FileStatistics> files)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream to = new DataOutputStream(bytes);
        to.writeByte(VERSION);
        to.writeInt(files.size());
        for (Map.Entry<FileId, FileStatistics> file : files.entrySet()) {
            FileId id = file.getKey();
            write(to, relative(place.getParent(), Path.of(id.path())));
            to.writeLong(id.size());
            to.writeLong(id.modifiedMillis());
            to.writeLong(file.getValue().rowCount());
            to.writeInt(file.getValue().columns().size());
            for (Map.Entry<String, ColumnStatistics> column :
                    file.getValue().columns().entrySet()) {
                ColumnStatistics known = column.getValue();
                DistinctSketch sketch = known.sketch();
                write(to, column.getKey());
                to.writeLong((long) known.nullCount());
                writeValue(to, known.minimum());
                writeValue(to, known.maximum());
                write(to, sketch == null ? new byte[0] : sketch.toBytes());
            }
        }
        to.flush();
        to.writeInt(checksum(bytes.toByteArray(), bytes.size()));
        return bytes.toByteArray();
    }

    private static String relative(@Nullable Path folder, Path file) {
        return (folder == null ? file : folder.relativize(file)).toString();
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }

    private static void write(DataOutputStream to, String text) throws IOException {
        write(to, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(DataOutputStream to, byte[] bytes) throws IOException {
        to.writeInt(bytes.length);
        to.write(bytes);
    }

    private static String text(DataInputStream from) throws IOException {
        return new String(bytes(from), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(DataInputStream from) throws IOException {
        return from.readNBytes(from.readInt());
    }

    private static void writeValue(DataOutputStream to, @Nullable Object value) throws IOException {
        switch (value) {
            case Long number -> {
                to.writeByte('l');
                to.writeLong(number);
            }
            case Double number -> {
                to.writeByte('d');
                to.writeDouble(number);
            }
            case BigDecimal number -> {
                to.writeByte('n');
                to.writeInt(number.scale());
                write(to, number.unscaledValue().toByteArray());
            }
            case String text -> {
                to.writeByte('s');
                write(to, text);
            }
            case null, default -> to.writeByte(0);
        }
    }

    private static @Nullable Object value(DataInputStream from) throws IOException {
        return switch (from.readByte()) {
            case 'l' -> from.readLong();
            case 'd' -> from.readDouble();
            case 'n' -> {
                int scale = from.readInt();
                yield new BigDecimal(new BigInteger(bytes(from)), scale);
            }
            case 's' -> text(from);
            default -> null;
        };
    }
}
