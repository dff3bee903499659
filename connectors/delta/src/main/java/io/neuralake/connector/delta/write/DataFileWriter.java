package io.neuralake.connector.delta.write;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.schema.RowColumns;
import io.neuralake.connector.delta.schema.TableSchema;
import io.neuralake.connector.parquet.write.Compression;
import io.neuralake.connector.parquet.write.ParquetBatchWriter;
import io.neuralake.connector.parquet.write.WrittenFile;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Writes rows of one table as data files, those of each partition apart and in their order. A file that has
/// grown to the target size is closed and the next one begun. Rows are encoded by several threads while the caller
/// goes on; it waits when they are behind. Used by one thread.
public final class DataFileWriter implements AutoCloseable {
    /// Files that are written at once. The one whose partition was least recently seen is closed for another.
    private static final int MAX_OPEN = 100;

    /// Rows of all files that are in memory, in bytes.
    private static final long MAX_HELD_BYTES = 256L << 20;

    private final WriteTarget target;
    private final NewFiles files;
    private final FilePaths paths;
    private final PhysicalLayout layout;
    private final PartitionSplitter splitter;
    private final FileStatisticsCollector statistics;
    private final String kind;
    private final String prefix;
    private final RowKind rows;
    private final boolean identified;
    private final @Nullable PlaceListener places;
    private final Map<Integer, OpenFile> open = new LinkedHashMap<>(16, 0.75f, true);
    private final List<@Nullable AddFile> added = new ArrayList<>();
    private long rowCount;
    private boolean finished;

    /// Starts writing data files of new rows. Throws UNSUPPORTED for a table whose rows cannot be written.
    public DataFileWriter(WriteTarget target) {
        this(target, RowKind.NEW, null);
    }

    /// Starts writing data files. Rows that were there before keep their identifiers if the table wants that.
    ///
    /// @param rows what the rows were
    /// @param places is told where rows go that come with addresses; null if nobody wants to know
    public DataFileWriter(WriteTarget target, RowKind rows, @Nullable PlaceListener places) {
        this(target, layout(target, rows), "", "part", rows, places);
    }

    private static PhysicalLayout layout(WriteTarget target, RowKind rows) {
        TableSchema schema = target.metadata().schema();
        RowColumns identity = target.metadata().rowColumns();
        return rows == RowKind.NEW || identity == null
                ? new PhysicalLayout(schema)
                : new PhysicalLayout(
                        schema,
                        new Field(identity.id(), ScalarType.BIGINT, true),
                        new Field(identity.version(), ScalarType.BIGINT, true));
    }

    /// Starts writing files of another kind.
    ///
    /// @param kind their folder with `/` behind, or the empty text
    /// @param prefix beginning of their names
    DataFileWriter(WriteTarget target, PhysicalLayout layout, String kind, String prefix) {
        this(target, layout, kind, prefix, RowKind.NEW, null);
    }

    private DataFileWriter(
            WriteTarget target,
            PhysicalLayout layout,
            String kind,
            String prefix,
            RowKind rows,
            @Nullable PlaceListener places) {
        this.rows = rows;
        this.identified = rows != RowKind.NEW && target.metadata().rowColumns() != null;
        this.places = places;
        String column = target.metadata().schema().otherForm();
        if (column != null) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Rows of a table with columns of type variant or void cannot be written: "
                            + column);
        }
        this.target = target;
        this.layout = layout;
        this.kind = kind;
        this.prefix = prefix;
        this.files = new NewFiles(target);
        this.paths = new FilePaths(target.metadata());
        this.splitter = new PartitionSplitter(target.metadata().schema());
        this.statistics = new FileStatisticsCollector(target.metadata());
    }

    /// A file that is being written.
    ///
    /// @param relative its path below the table's folder
    /// @param index its place in the result
    private record OpenFile(String relative, int partition, int index, ParquetBatchWriter writer) {}

    /// Adds the selected rows of a batch, which stays the caller's. Its columns are those of the table in
    /// order. Throws NOT_NULL_VIOLATION, STORAGE_ERROR, DISK_FULL; then nothing but [#close] may follow.
    public void append(Batch batch) {
        append(batch, null);
    }

    /// Adds the selected rows of a batch, as [#append(Batch)].
    ///
    /// @param origins where the rows were before, row by row; needed if they were, and their identifiers are kept or
    ///     their places noted
    public void append(Batch batch, @Nullable RowAddresses origins) {
        if (batch.selectedCount() == 0) {
            return;
        }
        Column[] stored = new Column[layout.ordinals().size()];
        int own = identified ? stored.length - 2 : stored.length;
        for (int i = 0; i < own; i++) {
            stored[i] = batch.column(layout.ordinals().get(i)).retain();
        }
        if (identified) {
            RowAddresses known = Objects.requireNonNull(origins);
            stored[own] = known.ids();
            stored[own + 1] = rows == RowKind.COPIED ? known.versions() : unknown(batch.rowCount());
        }
        try (Batch data = Batch.of(batch.rowCount(), stored)) {
            splitter.split(
                    batch,
                    (partition, chosen, from, to) ->
                            append(data, origins, new Chosen(partition, chosen, from, to)));
        }
        rowCount += batch.selectedCount();
    }

    private static Column unknown(int count) {
        return new ConstantColumn(
                count,
                new FlatColumn(
                        ScalarType.BIGINT,
                        1,
                        DataBuffer.ofSegment(Arena.ofAuto().allocate(Long.BYTES, 8), () -> {}),
                        DataBuffer.ofSegment(
                                Arena.ofAuto().allocate(Bitmap.bytes(1), 8), () -> {})));
    }

    /// Rows of one partition.
    private record Chosen(int partition, int[] rows, int from, int to) {}

    private void append(Batch data, @Nullable RowAddresses origins, Chosen chosen) {
        int partition = chosen.partition();
        OpenFile file = open.get(partition);
        if (file == null) {
            file = begin(partition);
        }
        file.writer().append(data, chosen.rows(), chosen.from(), chosen.to());
        if (places != null && origins != null) {
            places.placed(file.index(), origins, chosen.rows(), chosen.from(), chosen.to());
        }
        if (file.writer().expectedBytes() >= target.targetFileBytes()) {
            open.remove(partition);
            finish(file);
        }
        limitMemory();
    }

    private OpenFile begin(int partition) {
        if (open.size() >= MAX_OPEN) {
            Iterator<OpenFile> oldest = open.values().iterator();
            OpenFile file = oldest.next();
            oldest.remove();
            finish(file);
        }
        int index = added.size();
        String relative =
                paths.next(
                        kind, prefix, index, splitter.physicalNames(), splitter.values(partition));
        Path path = files.begin(relative);
        OpenFile file =
                new OpenFile(
                        relative,
                        partition,
                        index,
                        ParquetBatchWriter.inPlace(
                                path,
                                layout.layout(),
                                rows == RowKind.COPIED ? Compression.DENSE : Compression.QUICK));
        added.add(null);
        open.put(partition, file);
        return file;
    }

    private void limitMemory() {
        if (open.size() < 2) {
            return; // one file limits itself
        }
        long held = 0;
        OpenFile largest = null;
        for (OpenFile file : open.values()) {
            held += file.writer().heldBytes();
            if (largest == null || file.writer().heldBytes() > largest.writer().heldBytes()) {
                largest = file;
            }
        }
        if (largest != null && held > MAX_HELD_BYTES) {
            largest.writer().flushRows();
        }
    }

    private void finish(OpenFile file) {
        try (ParquetBatchWriter writer = file.writer()) {
            WrittenFile written = writer.finish();
            added.set(
                    file.index(),
                    new AddFile(
                            FilePaths.encode(file.relative()),
                            splitter.named(file.partition()),
                            written.bytes(),
                            System.currentTimeMillis(),
                            statistics.json(written),
                            null));
        }
    }

    /// Returns the number of rows so far.
    public long rowCount() {
        return rowCount;
    }

    /// Completes all files, which survive a crash when this returns.
    ///
    /// @return the files, in the order in which they were begun
    public List<AddFile> finish() {
        while (!open.isEmpty()) {
            Iterator<OpenFile> first = open.values().iterator();
            OpenFile file = first.next();
            first.remove();
            finish(file);
        }
        files.sync();
        List<AddFile> result = new ArrayList<>();
        for (AddFile file : added) {
            if (file != null) {
                result.add(file);
            }
        }
        finished = true;
        return result;
    }

    /// Deletes what was written, when the change that it is for does not happen; idempotent.
    public void discard() {
        finished = false;
        close();
    }

    /// Deletes what was written unless [#finish] returned; idempotent.
    @Override
    public void close() {
        if (finished) {
            return;
        }
        for (OpenFile file : open.values()) {
            file.writer().close();
        }
        open.clear();
        files.delete();
    }
}
