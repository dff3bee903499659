package io.neuralake.exec.operator.window;

import io.neuralake.exec.plan.PhysicalPlan.BoundKind;
import io.neuralake.exec.plan.PhysicalPlan.Exclusion;
import io.neuralake.exec.plan.PhysicalPlan.Frame;
import io.neuralake.exec.plan.PhysicalPlan.FrameBound;
import io.neuralake.exec.plan.PhysicalPlan.FrameUnit;
import io.neuralake.exec.plan.PhysicalPlan.Window;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

/// Finds the frame of each row: up to three ranges of positions, ascending, since an exclusion may
/// cut pieces out.
final class Frames {
    private final SortedRows rows;
    private final Frame frame;
    private final @Nullable RangeBounds range;
    private final @Nullable Column startOffset;
    private final @Nullable Column endOffset;

    private final int[] starts = new int[3];
    private final int[] ends = new int[3];
    private int pieces;

    Frames(Window node, Frame frame, SortedRows rows) {
        this.rows = rows;
        this.frame = frame;
        this.startOffset = offset(frame.start());
        this.endOffset = offset(frame.end());
        boolean offsets = startOffset != null || endOffset != null;
        if (frame.unit() == FrameUnit.RANGE && offsets) {
            if (node.orderKeys().size() != 1) {
                throw new NeuralakeException(
                        ErrorCode.WINDOWING_ERROR,
                        "RANGE with an offset needs exactly one ORDER BY expression: "
                                + node.orderKeys().size());
            }
            range = new RangeBounds(rows, node.orderKeys().get(0));
        } else {
            range = null;
        }
    }

    private @Nullable Column offset(FrameBound bound) {
        boolean has = bound.kind() == BoundKind.PRECEDING || bound.kind() == BoundKind.FOLLOWING;
        return has ? rows.sorted(bound.offset()) : null;
    }

    /// Tells whether every frame is its whole partition.
    boolean wholePartition() {
        boolean allPeers = rows.partitionCount() > 0 && frame.unit() != FrameUnit.ROWS;
        return frame.exclusion() == Exclusion.NO_OTHERS
                && (frame.start().kind() == BoundKind.UNBOUNDED_PRECEDING
                        || allPeers && isPartitionWide(frame.start().kind()))
                && (frame.end().kind() == BoundKind.UNBOUNDED_FOLLOWING
                        || allPeers && isPartitionWide(frame.end().kind()));
    }

    private boolean isPartitionWide(BoundKind kind) {
        return kind == BoundKind.CURRENT_ROW
                && rows.peerGroupStart(rows.partitionCount()) == rows.count();
    }

    /// Tells whether every frame begins with its partition, so that results grow.
    boolean isPrefix() {
        return frame.exclusion() == Exclusion.NO_OTHERS
                && frame.start().kind() == BoundKind.UNBOUNDED_PRECEDING;
    }

    /// Finds the frame of a position.
    void locate(int position) {
        int first = rows.partitionStart(position);
        int last = rows.partitionEnd(position);
        int start = Math.clamp(bound(frame.start(), startOffset, position, true), first, last);
        int end = Math.clamp(bound(frame.end(), endOffset, position, false), first, last);
        pieces = 0;
        switch (frame.exclusion()) {
            case NO_OTHERS -> add(start, end);
            case CURRENT_ROW -> {
                add(start, Math.min(end, position));
                add(Math.max(start, position + 1), end);
            }
            case GROUP -> {
                add(start, Math.min(end, rows.peerStart(position)));
                add(Math.max(start, rows.peerEnd(position)), end);
            }
            case TIES -> {
                add(start, Math.min(end, rows.peerStart(position)));
                if (start <= position && position < end) {
                    add(position, position + 1);
                }
                add(Math.max(start, rows.peerEnd(position)), end);
            }
        }
    }

    private void add(int start, int end) {
        if (start < end) {
            starts[pieces] = start;
            ends[pieces] = end;
            pieces++;
        }
    }

    /// Returns the number of ranges of the frame located last; 0 when it is empty.
    int pieces() {
        return pieces;
    }

    int start(int piece) {
        return starts[piece];
    }

    int end(int piece) {
        return ends[piece];
    }

    /// Returns the first position of the frame, or the one behind its last; not clamped.
    private long bound(FrameBound bound, @Nullable Column offset, int position, boolean isStart) {
        switch (bound.kind()) {
            case UNBOUNDED_PRECEDING -> {
                return rows.partitionStart(position);
            }
            case UNBOUNDED_FOLLOWING -> {
                return rows.partitionEnd(position);
            }
            case CURRENT_ROW -> {
                if (frame.unit() == FrameUnit.ROWS) {
                    return isStart ? position : position + 1L;
                }
                return isStart ? rows.peerStart(position) : rows.peerEnd(position);
            }
            case PRECEDING, FOLLOWING -> {}
        }
        if (offset == null) {
            throw new IllegalStateException("Frame bound without offset");
        }
        boolean preceding = bound.kind() == BoundKind.PRECEDING;
        if (range != null) {
            return range.bound(position, offset, preceding, isStart);
        }
        long distance = distance(offset, position);
        if (frame.unit() == FrameUnit.ROWS) {
            long row = preceding ? position - distance : saturated(position, distance);
            return isStart ? row : row + 1;
        }
        long group = rows.peerGroup(position);
        long target = preceding ? group - distance : saturated(group, distance);
        if (!isStart) {
            target++;
        }
        int first = rows.peerGroup(rows.partitionStart(position));
        int end = rows.peerGroup(rows.partitionEnd(position) - 1) + 1;
        return rows.peerGroupStart(Math.clamp(target, first, end));
    }

    private static long saturated(long position, long distance) {
        return Math.min(position + Math.min(distance, Integer.MAX_VALUE), Integer.MAX_VALUE);
    }

    private static long distance(Column offset, int position) {
        Object value = offset.value(position);
        long distance =
                value instanceof Long l
                        ? l
                        : value instanceof java.math.BigDecimal d ? d.longValue() : -1;
        if (distance < 0) {
            throw invalid(value);
        }
        return distance;
    }

    static NeuralakeException invalid(@Nullable Object value) {
        return new NeuralakeException(
                ErrorCode.INVALID_PARAMETER,
                "Offset of a window frame must not be negative or null: " + value);
    }
}
