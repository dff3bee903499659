package io.neuralake.exec.operator.window;

import io.neuralake.exec.function.aggregate.Results;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Type;

/// Computes the functions that depend on a row's place only.
record RankEvaluator(SortedRows rows, String function, Type type) implements WindowEvaluator {
    @Override
    public Column evaluate(int from, int count, MemoryAllocator allocator) {
        return switch (function) {
            case "percent_rank", "cume_dist" ->
                    Results.doubles(type, _ -> false, this::fraction)
                            .column(from, count, allocator);
            default -> Results.longs(type, _ -> false, this::rank).column(from, count, allocator);
        };
    }

    private long rank(int position) {
        return switch (function) {
            case "row_number" -> position - rows.partitionStart(position) + 1;
            case "rank" -> rows.peerStart(position) - rows.partitionStart(position) + 1;
            case "dense_rank" ->
                    rows.peerGroup(position) - rows.peerGroup(rows.partitionStart(position)) + 1;
            default -> throw new IllegalStateException("Not a rank: " + function);
        };
    }

    private double fraction(int position) {
        int start = rows.partitionStart(position);
        int size = rows.partitionEnd(position) - start;
        if (function.equals("cume_dist")) {
            return (double) (rows.peerEnd(position) - start) / size;
        }
        return size == 1 ? 0 : (double) (rows.peerStart(position) - start) / (size - 1);
    }
}
