package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.FileKey;
import io.neuralake.connector.delta.log.FilePath;
import io.neuralake.connector.delta.log.TableMetadata;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.ParallelTasks;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/// Makes a table what it was: files that it had then come back, those it had not go.
///
/// @param now the table as it is
record Restoration(TableAccess access, TableState now, TableDraft draft) {
    private static final long MICROS_A_MILLI = 1000;
    private static final int PARALLEL_CHECKS = 16;

    static Restoration of(TableAccess access, TableState now, TableDraft draft) {
        return new Restoration(access, now, draft);
    }

    /// Returns what the table was. Throws INVALID_PARAMETER for a version that is not there, or of which files are
    /// gone.
    ///
    /// @param files takes the difference of files
    TableDraft to(TableVersion version, FileChanges files) {
        TableState then =
                switch (version) {
                    case TableVersion.Number number -> access.log().version(number.number());
                    case TableVersion.Time time ->
                            access.log().at(Math.floorDiv(time.micros(), MICROS_A_MILLI));
                };
        String missing = missing(then);
        if (missing != null) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "Version "
                            + then.version()
                            + " cannot be restored, since files of it are gone, such as "
                            + missing
                            + "; the oldest that can be is "
                            + oldest(then.version()));
        }
        Set<FileKey> old = new HashSet<>();
        for (AddFile file : then.files()) {
            old.add(file.key());
            if (now.file(file.key()) == null) {
                files.add(file.withDetails(file.details().withDataChange(true)));
            }
        }
        for (AddFile file : now.files()) {
            if (!old.contains(file.key())) {
                files.remove(file.withDetails(file.details().withDataChange(true)));
            }
        }
        return definition(then);
    }

    /// Returns a file that the version needs and that is gone, or null.
    private @Nullable String missing(TableState then) {
        List<AddFile> others = new ArrayList<>();
        for (AddFile file : then.files()) {
            // What is part of the table now is there.
            if (now.file(file.key()) == null) {
                others.add(file);
            }
        }
        return missing(access, others);
    }

    /// Returns one of some files that is gone, or null.
    static @Nullable String missing(TableAccess access, List<AddFile> files) {
        AtomicReference<@Nullable String> missing = new AtomicReference<>();
        ParallelTasks.run(
                files,
                PARALLEL_CHECKS,
                file -> {
                    if (missing.get() == null && !isThere(access, file)) {
                        missing.set(file.path());
                    }
                });
        return missing.get();
    }

    /// Tells whether a file is there, with its deletion vector.
    private static boolean isThere(TableAccess access, AddFile file) {
        return access.store().entry(FilePath.resolve(access.folder(), file.path())).isPresent()
                && access.connector().hasDeletedRows(access.folder(), file);
    }

    /// Finds the oldest version whose files are all there: those of older ones are gone before those of
    /// younger ones.
    private long oldest(long gone) {
        long without = gone;
        long with = Math.max(gone, now.version());
        while (without + 1 < with) {
            long middle = (without + with) >>> 1;
            if (missing(access.log().version(middle)) == null) {
                with = middle;
            } else {
                without = middle;
            }
        }
        return with;
    }

    /// Metadata is that of the version, but what counts on never goes back: identifiers of columns and rows, and when times in commits
    /// began.
    private TableDraft definition(TableState then) {
        Map<String, String> properties = new HashMap<>(then.metadata().properties());
        Map<String, String> current = now.metadata().properties();
        String count = current.get(ColumnMapping.MAX_ID);
        if (count != null) {
            properties.merge(
                    ColumnMapping.MAX_ID,
                    count,
                    (a, b) -> Long.parseLong(a) >= Long.parseLong(b) ? a : b);
        }
        for (String name :
                List.of(
                        TableProperties.IN_COMMIT_TIMESTAMPS,
                        TableProperties.ENABLEMENT_VERSION,
                        TableProperties.ENABLEMENT_TIME)) {
            if (current.containsKey(name)) {
                properties.put(name, current.get(name));
            } else {
                properties.remove(name);
            }
        }
        TableMetadata old = then.metadata();
        TableMetadata metadata =
                new TableMetadata(
                        draft.metadata().id(),
                        draft.metadata().name(),
                        old.description(),
                        old.schemaString(),
                        old.partitionColumns(),
                        properties,
                        draft.metadata().createdMillis(),
                        old.schema());
        TableDraft restored =
                new TableDraft(
                        ProtocolChoice.merge(draft.protocol(), then.protocol()),
                        metadata,
                        draft.domains());
        return restored.withDomain(
                TableDraft.CLUSTERING, then.domains().get(TableDraft.CLUSTERING));
    }
}
