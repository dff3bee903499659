package io.neuralake.exec.function.aggregate;

import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The accumulators of all aggregates of one node, for one table of groups. Belongs to one thread at
/// a time until [#complete]; results may then be read by several.
public final class AccumulatorSet implements AutoCloseable {
    private final Map<Integer, AggregateScope> scopes = new TreeMap<>();
    private final List<Accumulator> accumulators = new ArrayList<>();
    private final List<AggregateResult> results = new ArrayList<>();
    private final AggregateCompiler compiler;
    private final int stateBytes;

    /// Compiles the calls.
    ///
    /// @param calls aggregate functions but `grouping`
    /// @param grouped false when there is only group 0
    public AccumulatorSet(
            List<AggregateCall> calls, Schema input, boolean grouped, MemoryAllocator allocator) {
        compiler = new AggregateCompiler(input, grouped, allocator, scopes);
        try {
            for (AggregateCall call : calls) {
                results.add(compiler.compile(call));
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        int bytes = 0;
        for (AggregateScope scope : scopes.values()) {
            collect(scope);
        }
        for (Accumulator accumulator : accumulators) {
            bytes += accumulator.stateBytes();
        }
        stateBytes = bytes;
    }

    private void collect(AggregateScope scope) {
        for (Accumulator accumulator : scope.accumulators()) {
            accumulators.add(accumulator);
            if (accumulator instanceof DistinctAccumulator distinct) {
                collect(distinct.scope());
            }
        }
    }

    /// Returns the states of a new group.
    public byte[] template() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment template = arena.allocate(stateBytes);
            int at = 0;
            for (Accumulator accumulator : accumulators) {
                int bytes = accumulator.stateBytes();
                accumulator.initial(template.asSlice(at, bytes));
                at += bytes;
            }
            return template.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /// Says where the states lie.
    public void bind(GroupRows rows, int offset) {
        int at = offset;
        for (Accumulator accumulator : accumulators) {
            accumulator.bind(rows, at);
            at += accumulator.stateBytes();
        }
    }

    /// Adds rows to their groups, which exist.
    ///
    /// @param columns the input's columns
    public void add(Column[] columns, RowSet rows, BatchScratch scratch) {
        for (Map.Entry<Integer, AggregateScope> scope : scopes.entrySet()) {
            long mark = scratch.mark();
            int filter = scope.getKey();
            RowSet passed = filter < 0 ? rows : Operands.whereTrue(columns[filter], rows, scratch);
            if (passed.count() > 0) {
                scope.getValue().add(columns, passed, scratch);
            }
            scratch.release(mark);
        }
    }

    /// Adds groups `from[i]` of another set to groups `into[i]` here, in that order.
    ///
    /// @param from `count` int32
    /// @param into `count` int32
    public void merge(
            AccumulatorSet other,
            MemorySegment from,
            MemorySegment into,
            int count,
            BatchScratch scratch) {
        for (Map.Entry<Integer, AggregateScope> scope : scopes.entrySet()) {
            AggregateScope theirs = other.scopes.get(scope.getKey());
            if (theirs == null) {
                throw new IllegalStateException("Not the same aggregates");
            }
            long mark = scratch.mark();
            scope.getValue().merge(theirs, from, into, count, scratch);
            scratch.release(mark);
        }
    }

    /// Returns the states that are spilled as rows of arguments; the same for every set of these calls.
    public List<EntryStates> entryStates() {
        List<EntryStates> entries = new ArrayList<>();
        for (AggregateScope scope : scopes.values()) {
            for (Accumulator accumulator : scope.accumulators()) {
                if (accumulator instanceof EntryStates states) {
                    entries.add(states);
                }
            }
        }
        return entries;
    }

    /// Returns the types of the columns in which the other states are spilled.
    public List<Type> spillTypes() {
        List<Type> types = new ArrayList<>();
        for (AggregateScope scope : scopes.values()) {
            scope.accumulators().forEach(accumulator -> types.addAll(accumulator.spillTypes()));
        }
        return types;
    }

    /// Appends columns with the states of some groups, which the caller owns. Nothing can be added
    /// after.
    ///
    /// @param groups `count` int32
    public void exportStates(
            MemorySegment groups, int count, MemoryAllocator allocator, List<Column> columns) {
        for (AggregateScope scope : scopes.values()) {
            for (Accumulator accumulator : scope.accumulators()) {
                accumulator.exportStates(groups, count, allocator, columns);
            }
        }
    }

    /// Makes spilled states those of the groups from 0 on, which exist and are new. The columns must
    /// live until all is merged from here.
    ///
    /// @param columns one for each of [#spillTypes]
    public void importStates(List<Column> columns, int count) {
        int at = 0;
        for (AggregateScope scope : scopes.values()) {
            for (Accumulator accumulator : scope.accumulators()) {
                int end = at + accumulator.spillTypes().size();
                accumulator.importStates(columns.subList(at, end), count);
                at = end;
            }
        }
    }

    /// Adds what [#importStates] put into another set: group `i` there to group `into[i]` here.
    ///
    /// @param into `count` int32
    public void mergeImported(
            AccumulatorSet imported, MemorySegment into, int count, BatchScratch scratch) {
        MemorySegment from = scratch.ints(count);
        for (int i = 0; i < count; i++) {
            NativeMemory.setInt(from, (long) i << 2, i);
        }
        for (Map.Entry<Integer, AggregateScope> scope : scopes.entrySet()) {
            AggregateScope theirs = imported.scopes.get(scope.getKey());
            if (theirs == null) {
                throw new IllegalStateException("Not the same aggregates");
            }
            scope.getValue().mergeStates(theirs, from, into, count, scratch);
        }
    }

    /// Returns about the bytes held outside of the group rows.
    public long bytes() {
        long bytes = compiler.arena().bytes();
        for (Accumulator accumulator : accumulators) {
            bytes += accumulator.bytes();
        }
        return bytes;
    }

    /// Returns about the bytes that adding so many rows, and completing then, may need at most outside
    /// of the group rows.
    public long growthBytes(int rows) {
        long bytes = compiler.arena().bytes() == 0 ? 0 : compiler.arena().growthBytes();
        for (Accumulator accumulator : accumulators) {
            bytes += accumulator.growthBytes(rows);
        }
        return bytes;
    }

    /// Returns about the bytes that merging and completing need beside those of the states merged, if it
    /// is done for all groups at once.
    public long completionBytes() {
        return accumulators.stream().mapToLong(Accumulator::completionBytes).sum();
    }

    /// Tells whether [#complete] does work, so that the groups cannot be read in parts at once.
    public boolean needsCompletion() {
        return compiler.needsCompletion();
    }

    /// Tells whether groups may be merged within this set, and read before [#complete].
    public boolean isSelfContained() {
        return accumulators.stream().allMatch(Accumulator::isSelfContained);
    }

    /// Ends the input. Results may be read after.
    public void complete(BatchScratch scratch) {
        for (AggregateScope scope : scopes.values()) {
            for (Accumulator accumulator : scope.accumulators()) {
                long mark = scratch.mark();
                accumulator.complete(scratch);
                scratch.release(mark);
            }
        }
        compiler.arena().heap();
    }

    /// Returns the results of one call for groups `from` to `from + count`, which the caller owns.
    public Column result(int call, int from, int count, MemoryAllocator allocator) {
        return results.get(call).column(from, count, allocator);
    }

    /// Frees the states outside of the group rows; idempotent.
    @Override
    public void close() {
        for (AggregateScope scope : scopes.values()) {
            scope.accumulators().forEach(Accumulator::close);
        }
        compiler.arena().close();
    }
}
