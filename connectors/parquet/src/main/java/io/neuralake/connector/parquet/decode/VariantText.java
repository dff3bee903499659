package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.schema.ParquetField;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.MemoryReservation;
import io.neuralake.spi.type.ScalarType;

import java.lang.foreign.MemorySegment;

/// Turns variants into columns of JSON text. For one thread.
///
/// Metadata and values are copied into arrays before anything is read of them, since what they say of their own
/// lengths cannot be trusted.
final class VariantText implements AutoCloseable {
    /// Texts are handed over when they are as long as this.
    private static final int CHUNK_BYTES = 1 << 20;

    private final MemoryAllocator allocator;
    private final MemoryReservation reservation;
    private final JsonText out;
    private final VariantKeys keys = new VariantKeys();
    private final VariantGroup root;
    private final ViewCursor metadata;
    private final int metadataMember;
    private int[] ends = new int[0];

    /// Throws [CorruptFile] for a variant that is shredded into what variants do not have.
    VariantText(ParquetField.Variant field, MemoryAllocator allocator) {
        this.allocator = allocator;
        this.reservation = allocator.reservation("variants");
        this.out = new JsonText(reservation);
        this.metadata = new ViewCursor(reservation);
        this.metadataMember =
                field.group().members().stream()
                        .map(ParquetField::name)
                        .toList()
                        .indexOf("metadata");
        VariantPrinter printer = new VariantPrinter(keys, out);
        try {
            this.root =
                    new VariantGroup(
                            field.group(),
                            new VariantParts(printer, keys, out, reservation, field.nanos()));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /// Returns the texts, null where the group is; the caller owns the column. The group stays the caller's. Throws
    /// [CorruptFile].
    Column read(StructColumn group) {
        int rows = group.rowCount();
        metadata.bind(group.children().get(metadataMember));
        root.bind(group);
        DataBuffer views = allocator.allocateZeroed((long) rows * StringView.BYTES);
        Heap heap = new Heap(allocator);
        try {
            write(group, views.segment(), heap);
        } catch (RuntimeException | Error e) {
            views.release();
            heap.clear();
            throw e;
        }
        DataBuffer validity = group.validity();
        return new ViewColumn(
                ScalarType.VARCHAR,
                rows,
                views,
                heap.take(),
                validity == null ? null : validity.retain());
    }

    private void write(StructColumn group, MemorySegment views, Heap heap) {
        int rows = group.rowCount();
        if (rows > ends.length) {
            reservation.grow(4L * (rows - ends.length));
            ends = new int[rows];
        }
        out.clear();
        int first = 0;
        for (int row = 0; row < rows; row++) {
            if (!group.isNull(row)) {
                CorruptFile.check(!metadata.isNull(row), "a variant's metadata is missing");
                if (metadata.load(row)) {
                    keys.open(metadata.bytes(), metadata.length());
                }
                root.write(row);
            }
            ends[row] = out.length();
            if (out.length() >= CHUNK_BYTES || row == rows - 1) {
                handOver(first, row + 1, group, views, heap);
                first = row + 1;
            }
        }
    }

    /// Copies the texts of some rows out of the array.
    private void handOver(int first, int end, StructColumn group, MemorySegment views, Heap heap) {
        int length = out.length();
        MemorySegment written = MemorySegment.ofArray(out.bytes());
        CorruptFile.check(
                Utf8Text.isValid(written, 0, length), "a string of a variant is not valid UTF-8");
        DataBuffer texts = heap.allocate(length);
        MemorySegment.copy(written, 0, texts.segment(), 0, length);
        int from = 0;
        for (int row = first; row < end; row++) {
            if (!group.isNull(row)) {
                StringView.write(
                        views,
                        (long) row * StringView.BYTES,
                        texts.address() + from,
                        ends[row] - from);
            }
            from = ends[row];
        }
        out.clear();
    }

    @Override
    public void close() {
        reservation.close();
    }
}
