package io.neuralake.connector.parquet.file;

import io.neuralake.connector.parquet.schema.FileSchema;
import io.neuralake.connector.parquet.schema.LeafColumn;
import io.neuralake.spi.batch.DataBuffer;

import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.ColumnOrder;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.RowGroup;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// A file's footer with its schema, checked for consistency. Immutable by convention.
public final class Footer {
    private static final int MAGIC = 0x31524150; // PAR1
    private static final int ENCRYPTED_MAGIC = 0x45524150; // PARE
    private static final int TRAILER = 8;

    private final FileId id;
    private final FileMetaData meta;
    private final FileSchema schema;
    private final FileSketches sketches;

    private Footer(FileId id, FileMetaData meta, FileSchema schema, FileSketches sketches) {
        this.id = id;
        this.meta = meta;
        this.schema = schema;
        this.sketches = sketches;
    }

    /// Reads the footer. Throws CORRUPT_FILE with file and offset.
    public static Footer read(DataFile file, FileId id) {
        long[] offset = {Math.max(0, file.size() - TRAILER)};
        try {
            FileMetaData meta = parse(file, offset);
            Footer footer =
                    new Footer(
                            id,
                            meta,
                            FileSchema.of(CorruptFile.required(meta.getSchema(), "the schema")),
                            sketches(meta));
            footer.check();
            // All else of it is for others, and as large as the rest of a footer.
            meta.unsetKey_value_metadata();
            return footer;
        } catch (RuntimeException e) {
            throw CorruptFile.in(e, file.path(), offset[0]);
        }
    }

    private static FileMetaData parse(DataFile file, long[] offset) {
        CorruptFile.check(file.size() >= TRAILER + 4, "it is too short to be a Parquet file");
        DataBuffer trailer = file.read(offset[0], TRAILER);
        int length;
        try {
            MemorySegment bytes = trailer.segment();
            int magic = bytes.get(ValueLayout.JAVA_INT_UNALIGNED, 4);
            if (magic == ENCRYPTED_MAGIC) {
                throw CorruptFile.unsupported(
                        "Encrypted Parquet files not supported: " + file.path());
            }
            CorruptFile.check(magic == MAGIC, "it does not end with PAR1");
            length = bytes.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
        } finally {
            trailer.release();
        }
        CorruptFile.check(
                length > 0 && length <= file.size() - TRAILER - 4, "the footer's length is wrong");
        offset[0] = file.size() - TRAILER - length;
        DataBuffer footer = file.read(offset[0], length);
        try {
            return new ThriftReader(footer.segment()).fileMetaData();
        } finally {
            footer.release();
        }
    }

    private static FileSketches sketches(FileMetaData meta) {
        @Nullable List<KeyValue> entries = meta.getKey_value_metadata();
        if (entries != null) {
            for (KeyValue entry : entries) {
                if (FileSketches.KEY.equals(entry.getKey()) && entry.getValue() != null) {
                    return FileSketches.decode(entry.getValue(), meta.getNum_rows(), end(meta));
                }
            }
        }
        return FileSketches.NONE;
    }

    /// Returns where the last column chunk ends; where the first would begin when there is none.
    private static long end(FileMetaData meta) {
        long end = Integer.BYTES;
        @Nullable List<RowGroup> groups = meta.getRow_groups();
        if (groups == null || groups.isEmpty() || groups.getLast().getColumns() == null) {
            return end;
        }
        for (ColumnChunk chunk : groups.getLast().getColumns()) {
            ColumnMetaData data = chunk.getMeta_data();
            if (data != null) {
                long start =
                        data.isSetDictionary_page_offset() && data.getDictionary_page_offset() > 0
                                ? Math.min(
                                        data.getDictionary_page_offset(),
                                        data.getData_page_offset())
                                : data.getData_page_offset();
                end = Math.max(end, start + data.getTotal_compressed_size());
            }
        }
        return end;
    }

    private void check() {
        CorruptFile.check(meta.getNum_rows() >= 0, "the row count is negative");
        long rows = 0;
        for (RowGroup group : rowGroups()) {
            CorruptFile.check(group.getNum_rows() >= 0, "a row group's row count is negative");
            rows += group.getNum_rows();
            CorruptFile.check(
                    group.getColumnsSize() == schema.leaves().size(),
                    "a row group has another number of columns than the schema");
            for (LeafColumn leaf : schema.leaves()) {
                check(
                        CorruptFile.required(group.getColumns(), "a row group's column list")
                                .get(leaf.index()),
                        leaf);
            }
        }
        CorruptFile.check(
                rows == meta.getNum_rows(), "the row groups' rows do not add up to the file's");
    }

    private static void check(ColumnChunk chunk, LeafColumn leaf) {
        ColumnMetaData data = chunk.getMeta_data();
        if (data == null) {
            throw CorruptFile.unsupported(
                    "Encrypted Parquet columns not supported: " + leaf.name());
        }
        if (chunk.isSetFile_path()) {
            throw CorruptFile.unsupported(
                    "Parquet column chunks in other files not supported: " + chunk.getFile_path());
        }
        CorruptFile.check(
                data.getType() == leaf.physical(), "a chunk has another type than its column");
    }

    /// Returns the version of the file.
    public FileId id() {
        return id;
    }

    /// Returns the schema.
    public FileSchema schema() {
        return schema;
    }

    /// Returns the sketches of the columns, as far as there are any.
    public FileSketches sketches() {
        return sketches;
    }

    /// Returns the number of rows.
    public long rowCount() {
        return meta.getNum_rows();
    }

    /// Returns the row groups.
    public List<RowGroup> rowGroups() {
        return meta.getRow_groups() == null ? List.of() : meta.getRow_groups();
    }

    /// Returns the chunk of a leaf.
    public ColumnChunk chunk(int rowGroup, LeafColumn leaf) {
        return CorruptFile.required(
                        rowGroups().get(rowGroup).getColumns(), "a row group's column list")
                .get(leaf.index());
    }

    /// Tells whether the file declares how bounds of the leaf are ordered.
    public boolean ordered(LeafColumn leaf) {
        @Nullable List<ColumnOrder> orders = meta.getColumn_orders();
        if (orders == null || orders.size() <= leaf.index()) {
            return false;
        }
        ColumnOrder order = orders.get(leaf.index());
        return order.isSetTYPE_ORDER() || order.isSetIEEE_754_TOTAL_ORDER();
    }
}
