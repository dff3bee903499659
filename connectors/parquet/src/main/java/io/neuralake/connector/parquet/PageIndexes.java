package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.file.DataFile;
import io.neuralake.connector.parquet.file.ThriftReader;
import io.neuralake.connector.parquet.filter.PageIndex;
import io.neuralake.connector.parquet.filter.RowRanges;
import io.neuralake.connector.parquet.page.PageLocations;
import io.neuralake.connector.parquet.page.PageReader;
import io.neuralake.connector.parquet.schema.LeafColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;

import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Reads the page indexes of a row group's chunks. For one thread.
final class PageIndexes {
    private final RowGroupColumns columns;
    private final DataFile file;
    private final Map<ColumnPath, Optional<PageIndex.Pages>> pages = new HashMap<>();

    /// @param file stays the caller's
    PageIndexes(RowGroupColumns columns, DataFile file) {
        this.columns = columns;
        this.file = file;
    }

    /// Returns the rows of the row group in which all predicates may hold.
    RowRanges ranges(List<ScanPredicate> predicates) {
        return PageIndex.ranges(
                predicates,
                columns.rowCount(),
                path ->
                        pages.computeIfAbsent(path, p -> Optional.ofNullable(pages(p)))
                                .orElse(null));
    }

    private PageIndex.@Nullable Pages pages(ColumnPath path) {
        LeafColumn leaf = columns.leaf(path);
        if (leaf == null) {
            return null;
        }
        ColumnChunk chunk = columns.footer().chunk(columns.rowGroup(), leaf);
        if (!chunk.isSetColumn_index_offset() || !chunk.isSetOffset_index_offset()) {
            return null;
        }
        return withIndex(
                chunk.getColumn_index_offset(),
                chunk.getColumn_index_length(),
                columnIndex ->
                        withIndex(
                                chunk.getOffset_index_offset(),
                                chunk.getOffset_index_length(),
                                offsetIndex ->
                                        PageIndex.pages(
                                                leaf,
                                                columnIndex.columnIndex(),
                                                offsetIndex.offsetIndex(),
                                                columns.rowCount(),
                                                columns.footer().ordered(leaf))));
    }

    /// Returns where the pages of a chunk lie; null where the file does not say, or the chunk holds lists.
    @Nullable PageLocations locations(LeafColumn leaf) {
        ColumnChunk chunk = columns.footer().chunk(columns.rowGroup(), leaf);
        if (leaf.maxRepetition() > 0 || !chunk.isSetOffset_index_offset()) {
            return null;
        }
        ColumnMetaData meta = columns.meta(leaf);
        long start = PageReader.start(meta);
        return withIndex(
                chunk.getOffset_index_offset(),
                chunk.getOffset_index_length(),
                index ->
                        PageLocations.of(
                                index.offsetIndex(),
                                start,
                                start + meta.getTotal_compressed_size(),
                                columns.rowCount()));
    }

    private <T extends @Nullable Object> T withIndex(
            long offset, int length, Function<ThriftReader, T> use) {
        DataBuffer buffer = file.read(offset, length);
        try {
            return use.apply(new ThriftReader(buffer.segment()));
        } finally {
            buffer.release();
        }
    }
}
