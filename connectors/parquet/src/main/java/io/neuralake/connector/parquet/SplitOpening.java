package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.decode.ColumnReader;
import io.neuralake.connector.parquet.decode.ConstantReader;
import io.neuralake.connector.parquet.decode.FlatColumnReader;
import io.neuralake.connector.parquet.decode.NestedColumnReader;
import io.neuralake.connector.parquet.decode.PositionReader;
import io.neuralake.connector.parquet.decode.WideningReader;
import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.file.DataFile;
import io.neuralake.connector.parquet.file.FileCache;
import io.neuralake.connector.parquet.filter.BloomFilter;
import io.neuralake.connector.parquet.filter.DictionaryFilter;
import io.neuralake.connector.parquet.filter.Pruner;
import io.neuralake.connector.parquet.filter.RowRanges;
import io.neuralake.connector.parquet.filter.ValueBounds;
import io.neuralake.connector.parquet.page.PageFile;
import io.neuralake.connector.parquet.page.PageLocations;
import io.neuralake.connector.parquet.page.PageReader;
import io.neuralake.connector.parquet.schema.LeafColumn;
import io.neuralake.connector.parquet.schema.ParquetField;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.connector.RowFilter;
import io.neuralake.spi.connector.ScanColumn;
import io.neuralake.spi.connector.ScanContext;
import io.neuralake.spi.connector.ScanMetrics.Counter;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;

import org.apache.parquet.format.ColumnMetaData;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Opens a split: finds the rows that predicates leave, with everything that needs more than the
/// footer, and opens the columns' readers. Closed after opening, with what was not taken.
final class SplitOpening implements AutoCloseable {
    /// Larger dictionaries cost more to search than pruning is likely to save.
    private static final int MAX_DICTIONARY = 1 << 14;

    private final ParquetSplit split;
    private final ScanRequest request;
    private final ScanContext context;
    private final RowGroupColumns columns;
    private final PageFile source;
    private final DataFile file;
    private final PageIndexes indexes;
    private final List<ColumnReader> readers = new ArrayList<>();
    private final Map<ColumnPath, FlatColumnReader> flatReaders = new HashMap<>();
    private RowRanges ranges;
    private boolean fileTaken;

    SplitOpening(
            ParquetConnector connector,
            ParquetSplit split,
            ScanRequest request,
            ScanContext context) {
        this.split = split;
        this.request = request;
        this.context = context;
        this.columns = new RowGroupColumns(split.part(), split.rowGroup());
        this.ranges = split.rows();
        this.source = connector.open(split.part().footer().id());
        this.file = source.file();
        this.indexes = new PageIndexes(columns, file);
        try {
            open();
        } catch (RuntimeException e) {
            close();
            NeuralakeException failure = CorruptFile.in(e, file.path(), rowGroupOffset());
            if (failure.code() == ErrorCode.CORRUPT_FILE) {
                FileCache.verify(split.part().footer().id(), file);
            }
            throw failure;
        } catch (InternalError e) {
            close();
            throw FileCache.changed(split.part().footer().id(), e);
        } catch (Error e) {
            close();
            throw e;
        }
    }

    private long rowGroupOffset() {
        return columns.footer().rowGroups().get(split.rowGroup()).getFile_offset();
    }

    /// Returns the rows to read, in the row group's count.
    RowRanges ranges() {
        return ranges;
    }

    /// Hands over the readers, one a column of the request.
    ColumnReader[] takeReaders() {
        ColumnReader[] taken = readers.toArray(ColumnReader[]::new);
        readers.clear();
        return taken;
    }

    /// Hands over the file.
    DataFile takeFile() {
        fileTaken = true;
        return file;
    }

    private void open() {
        List<ScanPredicate> learned = context.dynamicPredicates();
        if (!learned.isEmpty() && !Pruner.mayMatch(learned, columns::bounds)) {
            prune(Counter.ROW_GROUPS_PRUNED_BY_STATISTICS);
            return;
        }
        List<ScanPredicate> predicates = new ArrayList<>(request.predicates());
        predicates.addAll(learned);
        if (!predicates.isEmpty()) {
            ranges = ranges.and(indexes.ranges(predicates));
            if (ranges.size() == 0) {
                return;
            }
            if (!mayMatch(predicates, this::bloomMayMatch)) {
                prune(Counter.ROW_GROUPS_PRUNED_BY_BLOOM_FILTER);
                return;
            }
        }
        BitSet filtered = filtered();
        for (int i = 0; i < request.columns().size(); i++) {
            readers.add(reader(request.columns().get(i), filtered.get(i)));
        }
        if (!predicates.isEmpty() && !mayMatch(predicates, this::dictionaryMayMatch)) {
            prune(Counter.ROW_GROUPS_PRUNED_BY_DICTIONARY);
        }
    }

    /// Returns the positions of the columns that filters read.
    private BitSet filtered() {
        BitSet positions = new BitSet();
        for (RowFilter filter : context.rowFilters()) {
            for (int position : filter.columns()) {
                positions.set(position);
            }
        }
        return positions;
    }

    private void prune(Counter reason) {
        // Of several pieces of one row group, the first counts for all.
        context.metrics().add(reason, split.rows().from(0) == 0 ? 1 : 0);
        context.metrics().add(Counter.BYTES_PRUNED, split.bytes());
        ranges = RowRanges.EMPTY;
    }

    /// Evaluates AND and OR over a test of single predicates.
    private static boolean mayMatch(
            List<ScanPredicate> all, Function<ScanPredicate, Boolean> single) {
        for (ScanPredicate predicate : all) {
            boolean may =
                    switch (predicate) {
                        case ScanPredicate.And and -> mayMatch(and.parts(), single);
                        case ScanPredicate.Or or -> {
                            boolean any = false;
                            for (ScanPredicate part : or.parts()) {
                                any = any || mayMatch(List.of(part), single);
                            }
                            yield any;
                        }
                        case ScanPredicate.Comparison _,
                                ScanPredicate.In _,
                                ScanPredicate.NullTest _,
                                ScanPredicate.Prefix _ ->
                                single.apply(predicate);
                    };
            if (!may) {
                return false;
            }
        }
        return true;
    }

    private boolean bloomMayMatch(ScanPredicate predicate) {
        ColumnPath path =
                switch (predicate) {
                    case ScanPredicate.Comparison c
                            when c.operator() == ScanPredicate.Operator.EQUAL ->
                            c.column();
                    case ScanPredicate.In in -> in.column();
                    default -> null;
                };
        LeafColumn leaf = path == null ? null : columns.leaf(path);
        if (leaf == null) {
            return true;
        }
        try (BloomFilter filter = BloomFilter.open(file, leaf, columns.meta(leaf))) {
            return filter == null || filter.mayMatch(predicate);
        }
    }

    private boolean dictionaryMayMatch(ScanPredicate predicate) {
        ColumnPath path =
                switch (predicate) {
                    // For an order the bounds have told, where there are any.
                    case ScanPredicate.Comparison c
                            when c.operator() == ScanPredicate.Operator.EQUAL
                                    || c.operator() == ScanPredicate.Operator.NOT_EQUAL
                                    || !hasBounds(c.column()) ->
                            c.column();
                    case ScanPredicate.In in -> in.column();
                    case ScanPredicate.Prefix p -> p.column();
                    default -> null;
                };
        FlatColumnReader reader = path == null ? null : flatReaders.get(path);
        LeafColumn leaf = path == null ? null : columns.leaf(path);
        if (reader == null || leaf == null) {
            return true;
        }
        ColumnMetaData meta = columns.meta(leaf);
        if (!DictionaryFilter.complete(meta)) {
            return true;
        }
        Column dictionary = reader.dictionary();
        return dictionary == null
                || dictionary.rowCount() > MAX_DICTIONARY
                || !dictionary.type().equals(leaf.type())
                || DictionaryFilter.mayMatch(predicate, dictionary);
    }

    private boolean hasBounds(ColumnPath path) {
        ValueBounds bounds = columns.bounds(path);
        return bounds != null && bounds.minimum() != null && bounds.maximum() != null;
    }

    private ColumnReader reader(ScanColumn column, boolean filtered) {
        ColumnPath path = column.path();
        if (columns.isConstant(path)) {
            return constant(column, columns.constantValue(path));
        }
        if (columns.isPosition(path)) {
            return new PositionReader(columns.firstRow(), context.allocator());
        }
        ParquetField field = columns.field(path);
        if (field == null) {
            return constant(column, null);
        }
        if (field instanceof ParquetField.Leaf leaf && leaf.column().maxRepetition() == 0) {
            FlatColumnReader flat =
                    new FlatColumnReader(
                            chunk(leaf.column()), columns.rowCount(), context.allocator());
            flatReaders.put(path, flat);
            if (!leaf.type().equals(column.type())) {
                return widening(flat, leaf, column);
            }
            if (filtered) {
                flat.keepCodes();
            }
            return flat;
        }
        return new NestedColumnReader(field, column.type(), this::chunk, context.allocator());
    }

    private ColumnReader widening(
            FlatColumnReader flat, ParquetField.Leaf leaf, ScanColumn column) {
        if (!Widening.widens(leaf.type(), column.type())) {
            flat.close();
            throw CorruptFile.unsupported(
                    "Column type differs between files of the table: "
                            + column.name()
                            + " is "
                            + leaf.type().sql()
                            + " in "
                            + file.path()
                            + ", expected "
                            + column.type().sql());
        }
        return new WideningReader(flat, column.type(), context.allocator());
    }

    private ColumnReader constant(ScanColumn column, @Nullable Object value) {
        return new ConstantReader(
                ColumnBuilder.of(
                        context.allocator(), column.type(), Collections.singletonList(value)));
    }

    private PageReader chunk(LeafColumn leaf) {
        PageReader pages =
                new PageReader(
                        source, leaf, columns.meta(leaf), context.allocator(), context.metrics());
        pages.startAt(split.rows().from(0));
        if (!file.isMapped() && ranges.rowCount() < columns.rowCount()) {
            PageLocations locations = indexes.locations(leaf);
            if (locations != null) {
                pages.locateBy(locations);
            }
        }
        return pages;
    }

    @Override
    public void close() {
        readers.forEach(ColumnReader::close);
        readers.clear();
        if (!fileTaken) {
            file.close();
        }
    }
}
