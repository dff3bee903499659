package io.neuralake.exec.operator.scan;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.connector.RowFilter;

import java.lang.foreign.MemorySegment;

/// Applies a dynamic filter to the rows of a scan, and gives up when it drops too few of them to pay:
/// the result does not depend on it. Belongs to one worker.
final class AdaptiveRowFilter implements RowFilter {
    private static final long TRIAL_ROWS = 32 * 1024;
    private static final double WORTHWHILE = 0.1;

    private final int column;
    private final BuildSideFilter filter;
    private long seenRows;
    private long passedRows;
    private boolean givenUp;

    /// @param column position in the request's columns
    AdaptiveRowFilter(int column, BuildSideFilter filter) {
        this.column = column;
        this.filter = filter;
    }

    @Override
    public int[] columns() {
        return new int[] {column};
    }

    @Override
    public int apply(Batch input, MemorySegment passed) {
        DataBuffer selection = input.selection();
        if (selection == null) {
            Bitmap.fill(passed, input.rowCount());
        } else {
            MemorySegment.copy(selection.segment(), 0, passed, 0, Bitmap.bytes(input.rowCount()));
        }
        if (givenUp) {
            return input.selectedCount();
        }
        int count = filter.filter(input.column(0), passed);
        seenRows += input.selectedCount();
        passedRows += count;
        if (seenRows >= TRIAL_ROWS) {
            givenUp = passedRows > seenRows * (1 - WORTHWHILE);
            seenRows = 0;
            passedRows = 0;
        }
        return count;
    }
}
