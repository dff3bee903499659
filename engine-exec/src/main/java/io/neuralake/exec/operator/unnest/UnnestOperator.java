package io.neuralake.exec.operator.unnest;

import io.neuralake.exec.operator.BatchConsumer;
import io.neuralake.exec.operator.StreamingOperator;
import io.neuralake.exec.operator.StreamingWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.row.BatchCompactor;
import io.neuralake.exec.row.ColumnFlatten;
import io.neuralake.exec.row.ColumnGather;
import io.neuralake.exec.row.Ownership;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Repeats each row once an element of its lists, side by side.
public final class UnnestOperator implements StreamingOperator {

    private final PhysicalPlan.Unnest node;

    /// Unnests the node's lists.
    public UnnestOperator(PhysicalPlan.Unnest node) {
        this.node = node;
    }

    @Override
    public StreamingWorker newWorker(WorkerContext context) {
        return new Worker(context);
    }

    private final class Worker implements StreamingWorker {
        private final WorkerContext context;
        private final MemoryAllocator allocator;
        private final int batchRows;

        /// Scratch of a batch of output: the input row, the element of each list (-1: none), and the
        /// ordinal.
        private final DataBuffer rows;

        private final List<DataBuffer> elements = new ArrayList<>();
        private final DataBuffer ordinals;
        private int filled;
        private boolean closed;

        private Worker(WorkerContext context) {
            this.context = context;
            this.allocator = context.allocator();
            this.batchRows = context.batchRows();
            try (Ownership owned = new Ownership()) {
                this.rows = owned.hold(allocator.allocate(4L * batchRows));
                this.ordinals = owned.hold(allocator.allocate(8L * batchRows));
                for (int i = 0; i < node.lists().size(); i++) {
                    elements.add(owned.hold(allocator.allocate(4L * batchRows)));
                }
                owned.transfer();
            }
        }

        @Override
        public Status process(Batch input, BatchConsumer output) {
            try (Ownership owned = new Ownership()) {
                Batch compact;
                try (input) {
                    compact = BatchCompactor.compact(input, allocator);
                }
                try (compact) {
                    ListColumn[] lists = new ListColumn[node.lists().size()];
                    for (int i = 0; i < lists.length; i++) {
                        Column column = compact.column(node.lists().get(i));
                        lists[i] =
                                (ListColumn) owned.hold(ColumnFlatten.flatten(column, allocator));
                    }
                    unnest(compact, lists, output);
                }
            }
            return Status.NEED_INPUT;
        }

        private void unnest(Batch input, ListColumn[] lists, BatchConsumer output) {
            filled = 0;
            for (int row = 0; row < input.rowCount(); row++) {
                int longest = 0;
                for (ListColumn list : lists) {
                    longest = Math.max(longest, length(list, row));
                }
                int repeats = longest == 0 && node.outer() ? 1 : longest;
                for (int i = 0; i < repeats; i++) {
                    put(lists, row, i, longest);
                    if (filled == batchRows) {
                        flush(input, lists, output);
                    }
                }
            }
            flush(input, lists, output);
        }

        private void put(ListColumn[] lists, int row, int position, int longest) {
            NativeMemory.setInt(rows.segment(), 4L * filled, row);
            for (int l = 0; l < lists.length; l++) {
                int from = NativeMemory.getInt(lists[l].offsets(), 4L * row);
                int element = position < length(lists[l], row) ? from + position : -1;
                NativeMemory.setInt(elements.get(l).segment(), 4L * filled, element);
            }
            NativeMemory.setLong(ordinals.segment(), 8L * filled, longest == 0 ? 0 : position + 1L);
            filled++;
        }

        private void flush(Batch input, ListColumn[] lists, BatchConsumer output) {
            if (filled == 0) {
                return;
            }
            context.checkCancelled();
            int count = filled;
            filled = 0;
            output.accept(batch(input, lists, count));
        }

        private Batch batch(Batch input, ListColumn[] lists, int count) {
            try (Ownership owned = new Ownership()) {
                List<Column> columns = new ArrayList<>();
                for (int kept : node.kept()) {
                    columns.add(
                            owned.hold(
                                    ColumnGather.gather(
                                            input.column(kept), rows.segment(), count, allocator)));
                }
                for (int l = 0; l < lists.length; l++) {
                    addElements(lists[l], elements.get(l).segment(), count, columns, owned);
                }
                if (node.ordinality()) {
                    columns.add(owned.hold(ordinality(count)));
                }
                Batch result = Batch.of(count, columns.toArray(Column[]::new));
                owned.transfer();
                return result;
            }
        }

        private void addElements(
                ListColumn list,
                MemorySegment indexes,
                int count,
                List<Column> columns,
                Ownership owned) {
            if (list.type() instanceof MapType) {
                for (Column member : ((StructColumn) list.child()).children()) {
                    columns.add(owned.hold(gather(member, indexes, count)));
                }
            } else {
                columns.add(owned.hold(gather(list.child(), indexes, count)));
            }
        }

        private Column gather(Column elements, MemorySegment indexes, int count) {
            return ColumnGather.gatherNullable(elements, indexes, count, allocator);
        }

        /// Copies the ordinals; a row kept without elements has none.
        private Column ordinality(int count) {
            try (Ownership owned = new Ownership()) {
                DataBuffer values = owned.hold(allocator.allocate(8L * count));
                MemorySegment.copy(ordinals.segment(), 0, values.segment(), 0, 8L * count);
                DataBuffer validity = null;
                if (node.outer()) {
                    validity = owned.hold(allocator.allocateZeroed(Bitmap.bytes(count)));
                    for (int i = 0; i < count; i++) {
                        boolean present = NativeMemory.getLong(values.segment(), 8L * i) != 0;
                        Bitmap.set(validity.segment(), i, present);
                    }
                }
                Column column = new FlatColumn(ScalarType.BIGINT, count, values, validity);
                owned.transfer();
                return column;
            }
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                rows.release();
                ordinals.release();
                elements.forEach(DataBuffer::release);
            }
        }
    }

    private static int length(ListColumn list, int row) {
        return list.isNull(row)
                ? 0
                : NativeMemory.getInt(list.offsets(), 4L * row + 4)
                        - NativeMemory.getInt(list.offsets(), 4L * row);
    }
}
