package io.neuralake.connector.delta.scan;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.FilePath;
import io.neuralake.connector.parquet.file.FileId;
import io.neuralake.connector.parquet.file.KeptStatistics;
import io.neuralake.connector.parquet.file.KeptStatistics.FileStatistics;
import io.neuralake.spi.catalog.ColumnStatistics;
import io.neuralake.spi.catalog.PartStatistics;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.StoragePath;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What ANALYZE found in the files of a table, which lies beside them under a name that VACUUM passes over. Data files
/// never change, so it holds as long as they are there. Thread-safe.
final class FileAnalyses {
    private static final int MAX_TABLES = 100;

    private final Map<Path, Read> read = new ConcurrentHashMap<>();

    /// What a file held.
    ///
    /// @param version tells it from what it holds later
    private record Read(Object version, Map<FileId, FileStatistics> statistics) {}

    /// Returns what is kept beside a table; nothing for one in an object store. Reads it when it has changed.
    Map<FileId, FileStatistics> read(DeltaTable table) {
        if (StoragePath.isRemote(table.folder())) {
            return Map.of();
        }
        Path place = place(table);
        Object version = version(place);
        if (version == null) {
            read.remove(place);
            return Map.of();
        }
        Read known = read.get(place);
        if (known == null || !known.version.equals(version)) {
            known = new Read(version, KeptStatistics.read(place));
            if (read.size() >= MAX_TABLES) {
                read.clear();
            }
            read.put(place, known);
        }
        return known.statistics;
    }

    /// Returns null when there is no such file. It is never written to, only replaced.
    private static @Nullable Object version(Path place) {
        try {
            BasicFileAttributes found = Files.readAttributes(place, BasicFileAttributes.class);
            return Arrays.asList(found.fileKey(), found.size(), found.lastModifiedTime());
        } catch (IOException absent) {
            return null;
        }
    }

    /// Throws UNSUPPORTED for a table that has no place for them.
    static void checkPlace(DeltaTable table) {
        if (StoragePath.isRemote(table.folder())) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "ANALYZE is not supported for tables in object stores, beside whose files it"
                            + " cannot keep what it finds: "
                            + table.name()
                            + " at "
                            + table.folder());
        }
    }

    private static Path place(DeltaTable table) {
        return KeptStatistics.place(Path.of(table.folder()), true);
    }

    /// Keeps what was found beside what is known of files that the table still has. Throws
    /// STORAGE_ERROR, UNSUPPORTED.
    void keep(DeltaTable table, List<PartStatistics> found) {
        checkPlace(table);
        Map<FileId, FileStatistics> before = KeptStatistics.read(place(table));
        Map<FileId, FileStatistics> kept = new LinkedHashMap<>();
        for (AddFile file : table.files()) {
            String path = FilePath.resolve(table.folder(), file.path());
            FileId id = FileId.writtenOnce(path, file.size());
            FileStatistics known = before.get(id);
            if (known != null) {
                kept.put(id, known);
            }
        }
        for (PartStatistics part : found) {
            FileId id = (FileId) ((List<?>) part.part().version()).getFirst();
            FileStatistics known = kept.get(id);
            Map<String, ColumnStatistics> columns =
                    known == null ? new HashMap<>() : new HashMap<>(known.columns());
            columns.putAll(part.columns());
            kept.put(id, new FileStatistics(part.rowCount(), columns));
        }
        KeptStatistics.write(place(table), kept);
    }
}
