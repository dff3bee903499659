package io.neuralake.connector.delta.write;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.DeletionVector;
import io.neuralake.connector.delta.scan.DeltaConnector;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.connector.delta.scan.RowBitmap;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32;

/// Writes which rows of files are deleted (PROTOCOL.md, "Deletion Vector Format"): all vectors of a change
/// into one file, tiny ones into the log itself. For one thread.
public final class DeletionVectorWriter {
    /// Vectors of up to so many bytes are part of the log: reading one costs no access to a file then, and
    /// a commit stays small. 64 scattered rows of a file take about as much.
    private static final int MAX_INLINE_BYTES = 160;

    private static final byte VERSION = 1;

    private final DeltaTable table;
    private final NewFiles files;
    private final UUID name = UUID.randomUUID();
    private final ByteArrayOutputStream stored = new ByteArrayOutputStream();

    /// Makes a writer.
    ///
    /// @param table the version that the files are of
    public DeletionVectorWriter(DeltaTable table, WriteTarget target) {
        this.table = table;
        this.files = new NewFiles(target);
    }

    /// Writes vectors that list what is deleted already and more rows. What was written survives a crash when
    /// this returns.
    ///
    /// @param numbered the files that the rows are of, by number
    public DeletionResult write(List<AddFile> numbered, RowDeletions deletions) {
        List<AddFile> removed = new ArrayList<>();
        List<AddFile> added = new ArrayList<>();
        DeltaConnector connector = (DeltaConnector) table.connector();
        long deleted = 0;
        for (int number : deletions.files()) {
            AddFile file = numbered.get(number);
            RowBitmap before = connector.deletedRows(table, file);
            RowBitmap rows = deletions.of(number);
            RowBitmap all = before == null ? rows : before.or(rows);
            long had = before == null ? 0 : before.count();
            if (all.count() == had) {
                continue;
            }
            deleted += all.count() - had;
            removed.add(file);
            long stored = connector.storedRows(table, file);
            if (all.count() < stored) {
                added.add(with(file, vector(all), stored));
            }
        }
        if (stored.size() > 0) {
            try {
                files.put(fileName(), stored.toByteArray());
                files.sync();
            } catch (RuntimeException | Error e) {
                files.delete();
                throw e;
            }
        }
        return new DeletionResult(removed, added, deleted);
    }

    private static AddFile with(AddFile file, DeletionVector vector, long rows) {
        return file.withDeletions(vector, StatisticsText.loosen(file.statistics(), rows));
    }

    private String fileName() {
        return "deletion_vector_" + name + ".bin";
    }

    private DeletionVector vector(RowBitmap rows) {
        byte[] bytes = rows.serialize();
        if (bytes.length <= MAX_INLINE_BYTES) {
            return new DeletionVector("i", Z85.encode(bytes), null, bytes.length, rows.count());
        }
        if (stored.size() == 0) {
            stored.write(VERSION);
        }
        int offset = stored.size();
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        stored.writeBytes(number(bytes.length));
        stored.writeBytes(bytes);
        stored.writeBytes(number((int) checksum.getValue()));
        return new DeletionVector("u", Z85.encode(name), offset, bytes.length, rows.count());
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    /// Deletes what was written, when the change does not happen; idempotent.
    public void discard() {
        files.delete();
    }
}
