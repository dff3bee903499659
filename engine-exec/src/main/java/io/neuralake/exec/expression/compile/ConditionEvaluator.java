package io.neuralake.exec.expression.compile;

import io.neuralake.exec.function.EvaluationMemory;
import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;

import java.lang.foreign.MemorySegment;

/// Evaluates a compiled condition over batches.
final class ConditionEvaluator implements PredicateEvaluator {
    private final Condition condition;
    private final EvaluationMemory memory;

    ConditionEvaluator(Condition condition, EvaluationMemory memory) {
        this.condition = condition;
        this.memory = memory;
    }

    @Override
    public int evaluate(Batch input, MemorySegment passed) {
        int rows = input.rowCount();
        DataBuffer selection = input.selection();
        if (selection == null) {
            Bitmap.fill(passed, rows);
        } else {
            BitmapKernels.copy(selection.segment(), rows, passed);
        }
        try {
            condition.select(ColumnEvaluator.frame(memory, input), passed, true);
        } finally {
            memory.reset();
        }
        return Bitmap.count(passed, rows);
    }

    @Override
    public void close() {
        condition.close();
        memory.close();
    }
}
