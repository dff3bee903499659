package io.neuralake.exec.operator.window;

import io.neuralake.exec.function.aggregate.Results;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Type;

/// Divides each partition into buckets of sizes that differ by at most one, the larger ones first.
record NtileEvaluator(SortedRows rows, Operand buckets, Type type) implements WindowEvaluator {
    @Override
    public Column evaluate(int from, int count, MemoryAllocator allocator) {
        return Results.longs(type, p -> buckets.value(p) == null, this::bucket)
                .column(from, count, allocator);
    }

    private long bucket(int position) {
        long number = buckets.value(position) instanceof Number n ? n.longValue() : 0;
        if (number <= 0) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER, "Argument of ntile must be positive: " + number);
        }
        long start = rows.partitionStart(position);
        long size = rows.partitionEnd(position) - start;
        long index = position - start;
        long small = size / number;
        long larger = size % number;
        long inLarger = larger * (small + 1);
        return index < inLarger
                ? index / (small + 1) + 1
                : larger + (index - inLarger) / Math.max(1, small) + 1;
    }
}
