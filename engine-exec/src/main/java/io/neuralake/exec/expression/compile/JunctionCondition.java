package io.neuralake.exec.expression.compile;

import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// AND and OR, three-valued. An OR is an AND of the negations, negated: the value that decides is
/// FALSE for AND and TRUE for OR. A part sees only the rows that no part before it decided.
final class JunctionCondition extends Condition {
    private final List<Condition> parts;
    private final boolean deciding;

    /// @param deciding the value of one part that settles a row
    JunctionCondition(List<Condition> parts, boolean deciding) {
        this.parts = List.copyOf(parts);
        this.deciding = deciding;
    }

    @Override
    Column evaluate(Frame frame) {
        int rows = frame.rowCount();
        DataBuffer open = frame.activeBits();
        DataBuffer agreeing = frame.activeBits();
        DataBuffer decided = frame.memory().scratchZeroed(Bitmap.bytes(rows));
        DataBuffer found = frame.bitmap();
        for (Condition part : parts) {
            if (BitmapKernels.isEmpty(open.segment(), rows)) {
                break;
            }
            Column column = part.evaluate(frame.narrowed(open.segment()));
            BitmapKernels.copy(open.segment(), rows, found.segment());
            BooleanColumns.narrow(frame, column, found.segment(), deciding);
            BitmapKernels.or(decided.segment(), found.segment(), rows);
            BitmapKernels.andNot(open.segment(), found.segment(), rows);
            BooleanColumns.narrow(frame, column, agreeing.segment(), !deciding);
        }
        BitmapKernels.andNot(agreeing.segment(), decided.segment(), rows);
        DataBuffer validity = frame.bitmap();
        BitmapKernels.copy(decided.segment(), rows, validity.segment());
        BitmapKernels.or(validity.segment(), agreeing.segment(), rows);
        return BooleanColumns.of(frame, deciding ? decided : agreeing, validity);
    }

    @Override
    void select(Frame frame, MemorySegment bits, boolean want) {
        int rows = frame.rowCount();
        if (want != deciding) {
            for (Condition part : parts) {
                if (BitmapKernels.isEmpty(bits, rows)) {
                    return;
                }
                part.select(frame, bits, want);
            }
            return;
        }
        DataBuffer open = frame.bitmap();
        BitmapKernels.copy(bits, rows, open.segment());
        DataBuffer found = frame.bitmap();
        BitmapKernels.clear(bits, rows);
        for (Condition part : parts) {
            if (BitmapKernels.isEmpty(open.segment(), rows)) {
                return;
            }
            BitmapKernels.copy(open.segment(), rows, found.segment());
            part.select(frame, found.segment(), want);
            BitmapKernels.or(bits, found.segment(), rows);
            BitmapKernels.andNot(open.segment(), found.segment(), rows);
        }
    }

    @Override
    public void close() {
        parts.forEach(Condition::close);
    }
}
