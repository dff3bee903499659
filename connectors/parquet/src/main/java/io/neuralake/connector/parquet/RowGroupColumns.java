package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.file.Footer;
import io.neuralake.connector.parquet.filter.ChunkStatistics;
import io.neuralake.connector.parquet.filter.ValueBounds;
import io.neuralake.connector.parquet.schema.FileSchema;
import io.neuralake.connector.parquet.schema.LeafColumn;
import io.neuralake.connector.parquet.schema.ParquetField;
import io.neuralake.spi.connector.ScanColumn;
import io.neuralake.spi.expression.ColumnPath;

import org.apache.parquet.format.ColumnMetaData;
import org.jspecify.annotations.Nullable;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Resolves a table's columns in one row group of one file.
///
/// @param part the file
/// @param rowGroup position of the row group
record RowGroupColumns(ParquetPart part, int rowGroup) {
    Footer footer() {
        return part.footer();
    }

    long rowCount() {
        return footer().rowGroups().get(rowGroup).getNum_rows();
    }

    /// Returns the position in the file of the row group's first row.
    long firstRow() {
        long rows = 0;
        for (int i = 0; i < rowGroup; i++) {
            rows += footer().rowGroups().get(i).getNum_rows();
        }
        return rows;
    }

    /// Tells whether all rows have one value; a column that the file lacks is null in all.
    boolean isConstant(ColumnPath path) {
        return part.origin(path.ordinal()) instanceof ColumnOrigin.Constant;
    }

    /// Tells whether the values are the rows' positions in the file.
    boolean isPosition(ColumnPath path) {
        return part.origin(path.ordinal()) instanceof ColumnOrigin.Position;
    }

    /// Returns the value of a constant column.
    @Nullable Object constantValue(ColumnPath path) {
        return part.origin(path.ordinal()) instanceof ColumnOrigin.Constant constant
                        && path.members().isEmpty()
                ? constant.value()
                : null;
    }

    /// Finds the field in the file; null when the file lacks it.
    @Nullable ParquetField field(ColumnPath path) {
        return field(part.origin(path.ordinal()), path);
    }

    private static @Nullable ParquetField field(ColumnOrigin origin, ColumnPath path) {
        ParquetField field = origin instanceof ColumnOrigin.Stored stored ? stored.field() : null;
        for (String member : path.members()) {
            field =
                    field instanceof ParquetField.Struct s
                            ? FileSchema.find(s.members(), member)
                            : null;
        }
        return field;
    }

    /// Finds a leaf that is not below lists and whose values can be compared with the table's; null
    /// when there is none.
    @Nullable LeafColumn leaf(ColumnPath path) {
        ColumnOrigin origin = part.origin(path.ordinal());
        return leaf(origin, field(origin, path));
    }

    private static @Nullable LeafColumn leaf(ColumnOrigin origin, @Nullable ParquetField field) {
        return origin instanceof ColumnOrigin.Stored stored
                        && stored.comparable()
                        && field instanceof ParquetField.Leaf leaf
                        && leaf.column().maxRepetition() == 0
                ? leaf.column()
                : null;
    }

    ColumnMetaData meta(LeafColumn leaf) {
        return CorruptFile.required(
                footer().chunk(rowGroup, leaf).getMeta_data(), "a chunk's metadata");
    }

    /// Returns what is known of a column's values in the row group; null when nothing is.
    @Nullable ValueBounds bounds(ColumnPath path) {
        long rows = rowCount();
        ColumnOrigin origin = part.origin(path.ordinal());
        if (origin instanceof ColumnOrigin.Constant constant && path.members().isEmpty()) {
            return ValueBounds.ofConstant(constant.value(), rows);
        }
        if (origin instanceof ColumnOrigin.Position) {
            long first = firstRow();
            return new ValueBounds(first, first + rows - 1, 0, rows, false);
        }
        ParquetField field = field(origin, path);
        if (field == null) {
            return new ValueBounds(null, null, rows, rows, false);
        }
        LeafColumn leaf = leaf(origin, field);
        return leaf == null
                ? null
                : ChunkStatistics.bounds(leaf, meta(leaf), footer().ordered(leaf));
    }

    /// Returns the compressed bytes of the chunks of leaves.
    long bytes(Set<LeafColumn> leaves) {
        long bytes = 0;
        for (LeafColumn leaf : leaves) {
            bytes += meta(leaf).getTotal_compressed_size();
        }
        return bytes;
    }

    /// Returns the leaves that the columns need, which are those of every row group.
    Set<LeafColumn> leaves(List<ScanColumn> columns) {
        Set<LeafColumn> leaves = new LinkedHashSet<>();
        for (ScanColumn column : columns) {
            ParquetField field = field(column.path());
            if (field != null) {
                leaves.addAll(FileSchema.leavesOf(field));
            }
        }
        return leaves;
    }

    /// Tells whether the columns can be read from the middle without decoding what lies before.
    boolean divisible(List<ScanColumn> columns) {
        for (ScanColumn column : columns) {
            ParquetField field = field(column.path());
            if (field != null && !(field instanceof ParquetField.Leaf)) {
                return false;
            }
        }
        return true;
    }
}
