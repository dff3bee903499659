package io.neuralake.exec.operator.window;

import io.neuralake.exec.kernel.HashKernels;
import io.neuralake.exec.plan.PhysicalPlan.Window;
import io.neuralake.exec.spill.RowDivision;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.type.Schema;

import java.lang.foreign.MemorySegment;

/// Divides the input of a window by its partition keys, of which there is at least one.
record PartitionDivision(Window node) implements RowDivision {
    @Override
    public Schema schema() {
        return node.input().schema();
    }

    @Override
    public void hash(Batch rows, MemorySegment hashes) {
        for (int k = 0; k < node.partitionKeys().size(); k++) {
            int column = node.partitionKeys().get(k);
            HashKernels.hash(rows.column(column), rows.rowCount(), hashes, k > 0);
        }
    }
}
