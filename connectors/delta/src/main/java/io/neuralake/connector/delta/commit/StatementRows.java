package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.write.RowAddresses;
import io.neuralake.connector.delta.write.RowKind;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// What the rows of a statement were before the transaction: kept apart, in files of their own, if somebody follows the
/// table's changes or its rows keep their identifiers. A row that the transaction itself has added stays new whatever
/// else happens to it. For one thread.
final class StatementRows {
    private final WrittenFiles before;
    private final boolean apart;
    private final boolean traced;
    private final boolean only;
    private final Map<String, WrittenFiles.Written> written = new HashMap<>();

    /// @param before what earlier statements of the transaction have written
    /// @param only whether there will be no other statement
    StatementRows(WrittenFiles before, TableDraft table, boolean only) {
        this.before = before;
        this.traced = Writability.feedsChanges(table);
        this.apart = traced || table.metadata().rowColumns() != null;
        this.only = only;
    }

    /// Tells whether rows of several kinds must not be in one file.
    boolean areApart() {
        return apart;
    }

    /// Returns what rows of a file are when they are copied.
    RowKind copies(AddFile file) {
        if (!apart) {
            return RowKind.NEW;
        }
        WrittenFiles.Written known = before.get(file);
        return known == null ? RowKind.COPIED : known.kind();
    }

    /// Returns what takes note of where rows of a kind go; null for nothing.
    @Nullable OriginCollector collector(RowKind kind) {
        return traced && kind != RowKind.NEW ? new OriginCollector(before, !only) : null;
    }

    /// Notes files that the statement has written.
    void wrote(List<AddFile> files, RowKind kind, @Nullable OriginCollector origins) {
        for (int i = 0; apart && i < files.size(); i++) {
            written.put(
                    files.get(i).path(),
                    new WrittenFiles.Written(kind, origins == null ? null : origins.of(i)));
        }
    }

    /// Returns the files that the statement has written, by path.
    Map<String, WrittenFiles.Written> written() {
        return written;
    }

    /// Divides selected rows into those that are new and those that take the place of others.
    ///
    /// @param addresses of the others, row by row
    /// @param use gets batches, which are closed afterwards
    void split(Batch rows, RowAddresses addresses, BiConsumer<RowKind, Batch> use) {
        int count = rows.rowCount();
        MemorySegment added = Arena.ofAuto().allocate(Bitmap.bytes(count), 8);
        MemorySegment updated = Arena.ofAuto().allocate(Bitmap.bytes(count), 8);
        DataBuffer selection = rows.selection();
        int fresh = 0;
        int last = -1;
        boolean isNew = true;
        for (int i = 0; i < count; i++) {
            if (selection == null || Bitmap.get(selection.segment(), i)) {
                int number = addresses.number(i);
                if (number != last) {
                    last = number;
                    isNew = number < 0 || copies(addresses.file(i)) == RowKind.NEW;
                }
                Bitmap.set(isNew ? added : updated, i, true);
                fresh += isNew ? 1 : 0;
            }
        }
        use(rows, added, fresh, RowKind.NEW, use);
        use(rows, updated, rows.selectedCount() - fresh, RowKind.UPDATED, use);
    }

    private static void use(
            Batch rows,
            MemorySegment chosen,
            int count,
            RowKind kind,
            BiConsumer<RowKind, Batch> use) {
        if (count == 0) {
            return;
        }
        if (count == rows.selectedCount()) {
            use.accept(kind, rows);
            return;
        }
        Column[] columns = new Column[rows.columnCount()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = rows.column(i).retain();
        }
        try (Batch some =
                Batch.selected(
                        rows.rowCount(), columns, DataBuffer.ofSegment(chosen, () -> {}), count)) {
            use.accept(kind, some);
        }
    }
}
