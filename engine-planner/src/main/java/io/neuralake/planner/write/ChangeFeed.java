package io.neuralake.planner.write;

import io.neuralake.exec.QueryResult;
import io.neuralake.planner.write.ChangeQuery.Shape;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Feeds the rows of a query to a change, whole batches at a time, after a look at the rules that they
/// break.
final class ChangeFeed {
    private final Shape shape;
    private final List<Violation> violations;
    private final TableChange change;

    ChangeFeed(ChangeQuery query, TableChange change) {
        this.shape = query.shape();
        this.violations = query.violations();
        this.change = change;
    }

    /// Takes all rows. Throws what the query throws, NOT_NULL_VIOLATION, CHECK_VIOLATION,
    /// CARDINALITY_VIOLATION.
    ///
    /// @return how many rows were changed
    long feed(QueryResult result) {
        long count = 0;
        while (result.take() instanceof ReadResult.Ready(Batch batch)) {
            try (batch) {
                if (batch.selectedCount() > 0) {
                    count += feed(batch);
                }
            }
        }
        return count;
    }

    private long feed(Batch batch) {
        if (!violations.isEmpty()) {
            check(batch, batch.column(shape.first() + shape.columns()));
        }
        if (shape.addresses() == 0) {
            try (Batch rows = part(batch, 0, shape.columns(), null)) {
                change.append(rows);
            }
            return batch.selectedCount();
        }
        try (Batch addresses = part(batch, 0, shape.addresses(), null)) {
            return batch.selectedCount() - once(change(batch, addresses));
        }
    }

    private long change(Batch batch, Batch addresses) {
        if (shape.columns() == 0) {
            return change.delete(addresses);
        }
        DataBuffer kept = shape.kept() ? kept(batch) : null;
        try (Batch rows = part(batch, shape.first(), shape.columns(), kept)) {
            return change.replace(addresses, rows);
        } finally {
            if (kept != null) {
                kept.release();
            }
        }
    }

    private long once(long twice) {
        if (twice > 0 && shape.unique()) {
            throw new NeuralakeException(
                    ErrorCode.CARDINALITY_VIOLATION,
                    "A row of the table would be changed more than once: several source rows match"
                            + " it");
        }
        return twice;
    }

    /// Returns some columns as a batch of its own.
    ///
    /// @param selection other rows that count; null for the same
    private static Batch part(Batch batch, int first, int count, @Nullable DataBuffer selection) {
        DataBuffer rows = selection == null ? batch.selection() : selection;
        Column[] columns = new Column[count];
        for (int i = 0; i < count; i++) {
            columns[i] = batch.column(first + i).retain();
        }
        if (rows == null) {
            return Batch.of(batch.rowCount(), columns);
        }
        int selected =
                selection == null
                        ? batch.selectedCount()
                        : Bitmap.count(rows.segment(), batch.rowCount());
        return Batch.selected(batch.rowCount(), columns, rows.retain(), selected);
    }

    /// Returns the selected rows that are new ones; null for all.
    private @Nullable DataBuffer kept(Batch batch) {
        Column keep = batch.column(shape.first() - 1);
        int rows = batch.rowCount();
        if (keep instanceof ConstantColumn constant
                && Boolean.TRUE.equals(constant.single().value(0))) {
            return null;
        }
        MemorySegment bits = Arena.ofAuto().allocate(Bitmap.bytes(rows), 8);
        if (keep instanceof FlatColumn flat && rows > 0) {
            int words = (rows + 63) >>> 6;
            for (int i = 0; i < words; i++) {
                long word = Bitmap.word(flat.values(), i);
                if (flat.validity() != null) {
                    word &= Bitmap.word(flat.validity().segment(), i);
                }
                if (batch.selection() != null) {
                    word &= Bitmap.word(batch.selection().segment(), i);
                }
                Bitmap.setWord(bits, i, i == words - 1 ? word & Bitmap.tailMask(rows) : word);
            }
        } else {
            for (int i = 0; i < rows; i++) {
                Bitmap.set(bits, i, isSelected(batch, i) && Boolean.TRUE.equals(keep.value(i)));
            }
        }
        return DataBuffer.ofSegment(bits, () -> {});
    }

    /// Throws the error of the first selected row whose number is not null.
    private void check(Batch batch, Column numbers) {
        if (numbers instanceof ConstantColumn constant) {
            if (constant.isNull()) {
                return;
            }
        } else if (!(numbers instanceof DictionaryColumn) && isAllNull(batch, numbers)) {
            return;
        }
        for (int i = 0; i < batch.rowCount(); i++) {
            if (isSelected(batch, i) && numbers.value(i) instanceof Long number) {
                throw violations.get(number.intValue()).error();
            }
        }
    }

    private static boolean isAllNull(Batch batch, Column column) {
        DataBuffer validity = column.validity();
        if (validity == null) {
            return false;
        }
        int words = (batch.rowCount() + 63) >>> 6;
        DataBuffer selection = batch.selection();
        for (int i = 0; i < words; i++) {
            long word = Bitmap.word(validity.segment(), i);
            if (selection != null) {
                word &= Bitmap.word(selection.segment(), i);
            }
            if (i == words - 1) {
                word &= Bitmap.tailMask(batch.rowCount());
            }
            if (word != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSelected(Batch batch, int row) {
        DataBuffer selection = batch.selection();
        return selection == null || Bitmap.get(selection.segment(), row);
    }
}
