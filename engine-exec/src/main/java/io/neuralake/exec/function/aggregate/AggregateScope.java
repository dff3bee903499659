package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Column;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Accumulators that are fed the same rows. Calls that need the same state share it: AVG, SUM and
/// COUNT of one column are one sum and one count.
final class AggregateScope {
    private record Step(Accumulator accumulator, int[] arguments, boolean skipNulls) {}

    private record Key(String kind, List<Integer> arguments) {}

    private final List<Step> steps = new ArrayList<>();
    private final Map<Key, Accumulator> shared = new HashMap<>();

    /// Returns the accumulator of that kind over these arguments, made if there is none.
    ///
    /// @param skipNulls leaves rows out in which an argument is null
    <A extends Accumulator> A accumulator(
            Class<A> type,
            String kind,
            List<Integer> arguments,
            boolean skipNulls,
            Supplier<A> maker) {
        Accumulator accumulator =
                shared.computeIfAbsent(
                        new Key(kind, arguments),
                        _ -> {
                            A made = maker.get();
                            int[] columns =
                                    arguments.stream().mapToInt(Integer::intValue).toArray();
                            steps.add(new Step(made, columns, skipNulls));
                            return made;
                        });
        return type.cast(accumulator);
    }

    List<Accumulator> accumulators() {
        return steps.stream().map(Step::accumulator).toList();
    }

    void add(Column[] columns, RowSet rows, BatchScratch scratch) {
        for (Step step : steps) {
            long mark = scratch.mark();
            Column[] arguments = new Column[step.arguments.length];
            RowSet counted = rows;
            for (int a = 0; a < arguments.length; a++) {
                arguments[a] = columns[step.arguments[a]];
                if (step.skipNulls) {
                    counted = Operands.nonNull(arguments[a], counted, scratch);
                }
            }
            if (counted.count() > 0) {
                step.accumulator.add(arguments, counted, scratch);
            }
            scratch.release(mark);
        }
    }

    /// Merges all but the states that are spilled as entries.
    void mergeStates(
            AggregateScope other,
            MemorySegment from,
            MemorySegment into,
            int count,
            BatchScratch scratch) {
        for (int i = 0; i < steps.size(); i++) {
            Accumulator accumulator = steps.get(i).accumulator;
            if (!(accumulator instanceof EntryStates)) {
                long mark = scratch.mark();
                accumulator.merge(other.steps.get(i).accumulator, from, into, count, scratch);
                scratch.release(mark);
            }
        }
    }

    void merge(
            AggregateScope other,
            MemorySegment from,
            MemorySegment into,
            int count,
            BatchScratch scratch) {
        for (int i = 0; i < steps.size(); i++) {
            steps.get(i)
                    .accumulator
                    .merge(other.steps.get(i).accumulator, from, into, count, scratch);
        }
    }
}
