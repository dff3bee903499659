package io.neuralake.exec.operator.window;

import io.neuralake.exec.function.aggregate.RowSet;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Schema;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Aggregates any frames by a tree of states over positions, 16 children a node: a frame is the
/// union of rows at its edges and of nodes in between (Leis et al., Efficient Processing of Window
/// Functions in Analytical SQL Queries, VLDB 2015).
final class FrameTreeAggregate extends AggregateEvaluator {
    private static final int FANOUT_BITS = 4;
    private static final int FANOUT = 1 << FANOUT_BITS;
    private static final int MAX_LEVELS = 8;

    private final Frames frames;
    private final States tree;
    private final States results;
    private final int[] levelStarts;
    private final int levels;

    private final int[] rowPositions = new int[CHUNK_ROWS];
    private final int[] rowGroups = new int[CHUNK_ROWS];
    private int rowCount;
    private final int[] nodes = new int[CHUNK_ROWS];
    private final int[] nodeGroups = new int[CHUNK_ROWS];
    private int nodeCount;

    FrameTreeAggregate(
            AggregateCall call,
            Schema schema,
            Frames frames,
            SortedRows rows,
            MemoryAllocator allocator) {
        super(call, schema, rows, allocator);
        this.frames = frames;
        int[] starts = new int[MAX_LEVELS + 1];
        int made = 0;
        int nodesOfLevel = rows.count();
        while (nodesOfLevel > FANOUT && made < MAX_LEVELS) {
            nodesOfLevel = (nodesOfLevel + FANOUT - 1) >>> FANOUT_BITS;
            starts[made + 1] = starts[made] + nodesOfLevel;
            made++;
        }
        levels = made;
        levelStarts = Arrays.copyOf(starts, made + 1);
        tree = newStates();
        results = newStates();
        try {
            build();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void build() {
        tree.groups().ensure(levelStarts[levels]);
        if (levels == 0) {
            return;
        }
        for (int from = 0; from < rows.count(); from += CHUNK_ROWS) {
            int count = Math.min(CHUNK_ROWS, rows.count() - from);
            scratch.reset();
            MemorySegment groups = scratch.ints(count);
            for (int i = 0; i < count; i++) {
                NativeMemory.setInt(groups, 4L * i, from + i >>> FANOUT_BITS);
            }
            tree.set().add(columns, new RowSet(count, positions(from, count), groups), scratch);
        }
        for (int level = 0; level + 1 < levels; level++) {
            int nodesOfLevel = levelStarts[level + 1] - levelStarts[level];
            for (int from = 0; from < nodesOfLevel; from += CHUNK_ROWS) {
                int count = Math.min(CHUNK_ROWS, nodesOfLevel - from);
                scratch.reset();
                MemorySegment parents = scratch.ints(count);
                for (int i = 0; i < count; i++) {
                    int parent = levelStarts[level + 1] + (from + i >>> FANOUT_BITS);
                    NativeMemory.setInt(parents, 4L * i, parent);
                }
                MemorySegment children = positions(levelStarts[level] + from, count);
                tree.set().merge(tree.set(), children, parents, count, scratch);
            }
        }
    }

    @Override
    public Column evaluate(int from, int count, MemoryAllocator target) {
        results.groups().restart(count);
        for (int i = 0; i < count; i++) {
            frames.locate(from + i);
            for (int piece = 0; piece < frames.pieces(); piece++) {
                cover(frames.start(piece), frames.end(piece), i);
            }
        }
        flushRows();
        flushNodes();
        return results.set().result(0, 0, count, target);
    }

    private void cover(int start, int end, int group) {
        int low = start;
        int high = end;
        for (int level = -1; low < high; level++) {
            if (level + 1 == levels || high - low < 2 * FANOUT) {
                for (int node = low; node < high; node++) {
                    take(level, node, group);
                }
                return;
            }
            while ((low & FANOUT - 1) != 0) {
                take(level, low++, group);
            }
            while ((high & FANOUT - 1) != 0) {
                take(level, --high, group);
            }
            low >>>= FANOUT_BITS;
            high >>>= FANOUT_BITS;
        }
    }

    /// Adds a node of a level, or a row for level -1, to a result.
    private void take(int level, int node, int group) {
        if (level < 0) {
            rowPositions[rowCount] = node;
            rowGroups[rowCount] = group;
            if (++rowCount == CHUNK_ROWS) {
                flushRows();
            }
        } else {
            nodes[nodeCount] = levelStarts[level] + node;
            nodeGroups[nodeCount] = group;
            if (++nodeCount == CHUNK_ROWS) {
                flushNodes();
            }
        }
    }

    private void flushRows() {
        scratch.reset();
        MemorySegment positions = copied(rowPositions, rowCount);
        MemorySegment groups = copied(rowGroups, rowCount);
        results.set().add(columns, new RowSet(rowCount, positions, groups), scratch);
        rowCount = 0;
    }

    private void flushNodes() {
        scratch.reset();
        MemorySegment from = copied(nodes, nodeCount);
        MemorySegment into = copied(nodeGroups, nodeCount);
        results.set().merge(tree.set(), from, into, nodeCount, scratch);
        nodeCount = 0;
    }

    private MemorySegment copied(int[] values, int count) {
        MemorySegment out = scratch.ints(count);
        MemorySegment.copy(values, 0, out, INT, 0, count);
        return out;
    }

    @Override
    public void close() {
        tree.close();
        results.close();
        super.close();
    }
}
