package io.neuralake.spi.arrow;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Collects batches into Arrow record batches of plain layout. Each flush hands out fresh buffers, so
/// that a transport may send them without a copy. Used by one thread.
///
/// A caller appends until [#rowCount] or [#sizeInBytes] reaches what a message should hold (64 K rows,
/// 12 MB), then flushes. Rows of one batch can be appended in pieces.
public final class ArrowBatchWriter implements AutoCloseable {
    private final BufferAllocator allocator;
    private final List<ArrowColumnWriter> writers = new ArrayList<>();
    private final GrowingBuffer indexes;
    private int rows;

    /// Writes batches of `schema`; buffers come from `allocator`, which stays the caller's.
    public ArrowBatchWriter(Schema schema, BufferAllocator allocator) {
        this.allocator = allocator;
        this.indexes = new GrowingBuffer(allocator);
        for (Field field : schema.fields()) {
            writers.add(new ArrowColumnWriter(field.type(), allocator));
        }
    }

    /// Appends selected rows of a batch, which stays the caller's.
    ///
    /// @param from first selected row to append, counted among the selected ones
    /// @param count number of selected rows to append
    public void append(Batch batch, int from, int count) {
        DataBuffer selection = batch.selection();
        RowSource source;
        if (selection == null) {
            source = new RowSource(null, from, count);
        } else {
            MemorySegment scratch = indexes.ensure(4L * batch.rowCount());
            Bitmap.toIndexes(selection.segment(), batch.rowCount(), scratch);
            source = new RowSource(scratch, from, count);
        }
        for (int c = 0; c < writers.size(); c++) {
            writers.get(c).append(batch.column(c), source);
        }
        rows += count;
    }

    /// Appends all selected rows of a batch, which stays the caller's.
    public void append(Batch batch) {
        append(batch, 0, batch.selectedCount());
    }

    /// Returns the rows appended since the last flush.
    public int rowCount() {
        return rows;
    }

    /// Returns the bytes appended since the last flush, roughly.
    public long sizeInBytes() {
        long size = 0;
        for (ArrowColumnWriter writer : writers) {
            size += writer.sizeInBytes();
        }
        return size;
    }

    /// Moves the rows into `root`, replacing what it held, and starts anew.
    ///
    /// @param root made for the same schema (see [ArrowTypes#schema])
    public void flush(VectorSchemaRoot root) {
        moveInto(root.getFieldVectors());
        root.setRowCount(rows);
        rows = 0;
    }

    /// Moves the rows into vectors, replacing what they held, and starts anew.
    ///
    /// @param vectors one a column, made for the same fields (see [ArrowTypes#fields])
    public void flush(List<FieldVector> vectors) {
        moveInto(vectors);
        vectors.forEach(vector -> vector.setValueCount(rows));
        rows = 0;
    }

    private void moveInto(List<FieldVector> vectors) {
        for (int c = 0; c < writers.size(); c++) {
            writers.get(c).flushInto(vectors.get(c));
        }
    }

    /// Makes an empty root for `schema` from this writer's allocator.
    public VectorSchemaRoot newRoot(org.apache.arrow.vector.types.pojo.Schema schema) {
        return VectorSchemaRoot.create(schema, allocator);
    }

    @Override
    public void close() {
        indexes.close();
        writers.forEach(ArrowColumnWriter::close);
    }
}
