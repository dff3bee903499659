package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.file.DataFile;
import io.neuralake.connector.parquet.file.FileCache;
import io.neuralake.connector.parquet.file.ThriftReader;
import io.neuralake.connector.parquet.filter.DictionaryFilter;
import io.neuralake.connector.parquet.filter.ValueBounds;
import io.neuralake.connector.parquet.page.PageReader;
import io.neuralake.connector.parquet.schema.FileSchema;
import io.neuralake.connector.parquet.schema.LeafColumn;
import io.neuralake.connector.parquet.schema.ParquetField;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.catalog.ColumnStatistics;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.statistics.DistinctSketch;
import io.neuralake.spi.statistics.ValueHash;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Sums up one column of a table for the planner.
final class ColumnCollector {
    /// Row groups whose dictionaries are looked at.
    private static final int SAMPLES = 4;

    private final List<? extends ParquetPart> parts;
    private final FileCache files;
    private final ColumnPath path;
    private final Type type;
    private final double rows;
    private final List<RowGroupColumns> groups = new ArrayList<>();
    private @Nullable Object minimum;
    private @Nullable Object maximum;
    private boolean bounded = true;
    private double nulls;
    private double storedBytes;
    private double storedValues;

    ColumnCollector(
            Schema schema,
            List<? extends ParquetPart> parts,
            FileCache files,
            int ordinal,
            double rows) {
        this.parts = parts;
        this.files = files;
        this.path = ColumnPath.of(ordinal);
        this.type = schema.field(ordinal).type();
        this.rows = rows;
    }

    ColumnStatistics collect() {
        for (ParquetPart part : parts) {
            ValueBounds outside = outside(part);
            if (outside != null) {
                note(outside);
            }
            for (int g = 0; g < part.footer().rowGroups().size(); g++) {
                add(new RowGroupColumns(part, g), outside == null);
            }
        }
        if (!bounded) {
            minimum = null;
            maximum = null;
        }
        DistinctSketch sketch = sketch();
        return new ColumnStatistics(
                sql(minimum), sql(maximum), nulls, distinct(sketch), averageBytes(), sketch);
    }

    /// Merges the sketches of all files; null when one has values and no sketch.
    private @Nullable DistinctSketch sketch() {
        if (!ValueHash.isHashed(type)) {
            return null;
        }
        DistinctSketch merged = null;
        for (ParquetPart part : parts) {
            if (part.origin(path.ordinal()) instanceof ColumnOrigin.Stored(var field, _)
                    && part.footer().rowCount() > 0) {
                DistinctSketch sketch = sketch(part, field);
                if (sketch == null) {
                    return null;
                }
                if (merged == null) {
                    merged = sketch;
                } else {
                    merged.merge(sketch);
                }
            }
        }
        return merged;
    }

    /// Returns what is kept outside of the file of its values, which is exact; null for nothing.
    private @Nullable ValueBounds outside(ParquetPart part) {
        ColumnStatistics kept =
                part.origin(path.ordinal()) instanceof ColumnOrigin.Stored(var field, _)
                        ? part.kept(nameInFile(field))
                        : null;
        long rows = part.footer().rowCount();
        return kept == null || kept.minimum() == null || kept.maximum() == null
                ? null
                : new ValueBounds(
                        stored(kept.minimum()),
                        stored(kept.maximum()),
                        (long) kept.nullCount(),
                        rows,
                        false);
    }

    /// Returns the sketch of a column, of the file itself first; null when there is none.
    private static @Nullable DistinctSketch sketch(ParquetPart part, ParquetField field) {
        String name = nameInFile(field);
        DistinctSketch own = part.footer().sketches().column(name);
        ColumnStatistics outside = own == null ? part.kept(name) : null;
        return outside == null ? own : outside.sketch();
    }

    /// Returns a column's name in the file, which need not be the table's.
    private static String nameInFile(ParquetField field) {
        return field instanceof ParquetField.Leaf leaf
                ? leaf.column().path().getFirst()
                : field.name();
    }

    private static Object stored(Object bound) {
        return bound instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : bound;
    }

    private void note(@Nullable ValueBounds known) {
        if (known == null) {
            bounded = false;
            nulls = Double.NaN;
        } else {
            nulls += known.nulls() < 0 ? Double.NaN : known.nulls();
            if (!known.allNull()) {
                merge(known);
            }
        }
    }

    private void add(RowGroupColumns group, boolean isBound) {
        if (group.rowCount() == 0) {
            return;
        }
        groups.add(group);
        if (isBound) {
            note(group.bounds(path));
        }
        ParquetField field = group.field(path);
        if (field != null) {
            for (LeafColumn leaf : FileSchema.leavesOf(field)) {
                storedBytes += group.meta(leaf).getTotal_uncompressed_size();
            }
            storedValues += group.rowCount();
        }
    }

    private void merge(ValueBounds known) {
        if (known.minimum() == null || known.maximum() == null) {
            bounded = false;
            return;
        }
        if (minimum == null || maximum == null) {
            minimum = known.minimum();
            maximum = known.maximum();
            return;
        }
        ValueBounds merged = known.merge(minimum, maximum);
        if (merged == null) {
            bounded = false;
        } else {
            minimum = merged.minimum();
            maximum = merged.maximum();
        }
    }

    private @Nullable Object sql(@Nullable Object bound) {
        if (bound instanceof byte[] bytes && type == ScalarType.VARCHAR) {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            } catch (CharacterCodingException cutInsideCharacter) {
                return null;
            }
        }
        return bound;
    }

    private double averageBytes() {
        int width = type.physical().width();
        return switch (type.physical()) {
            case INT8, INT16, INT32, INT64, INT128, FLOAT32, FLOAT64 -> width;
            case BIT -> 0.125;
            // Dictionaries make stored text smaller than it is in memory.
            case VIEW -> storedValues == 0 ? 16 : Math.max(16, storedBytes / storedValues);
            case LIST, STRUCT -> storedValues == 0 ? Double.NaN : storedBytes / storedValues;
        };
    }

    /// Estimates the number of distinct values.
    private double distinct(@Nullable DistinctSketch sketch) {
        if (groups.stream().allMatch(group -> group.isConstant(path))) {
            Set<Object> values = new HashSet<>();
            for (RowGroupColumns group : groups) {
                Object value = group.constantValue(path);
                if (value != null) {
                    values.add(value);
                }
            }
            return values.size();
        }
        if (groups.stream().allMatch(group -> group.isPosition(path))) {
            return rows;
        }
        double present = Double.isNaN(nulls) ? rows : rows - nulls;
        double range = range();
        if (type == ScalarType.BOOLEAN) {
            return Math.min(2, present);
        }
        double sampled = sketch == null ? sampledDistinct(present) : sketch.estimate();
        double estimate = Double.isNaN(sampled) ? range : Math.min(sampled, range);
        return Double.isInfinite(estimate) ? Double.NaN : Math.min(estimate, present);
    }

    /// Returns how many values lie between the bounds; infinite when that says nothing.
    private double range() {
        if (minimum instanceof Long low && maximum instanceof Long high) {
            return (double) high - low + 1;
        }
        if (type instanceof DecimalType
                && minimum instanceof BigDecimal low
                && maximum instanceof BigDecimal high) {
            return high.subtract(low).unscaledValue().doubleValue() + 1;
        }
        return Double.POSITIVE_INFINITY;
    }

    /// Scales the sizes of a few chunks' dictionaries to the table. Where chunks cover different
    /// ranges (sorted data), each adds values of its own; where they cover the same, the same values
    /// come back.
    private double sampledDistinct(double present) {
        int step = Math.max(1, groups.size() / SAMPLES);
        double largest = 0;
        double sampledRows = 0;
        double sum = 0;
        int samples = 0;
        for (int i = 0; i < groups.size() && samples < SAMPLES; i += step) {
            double size = dictionarySize(groups.get(i));
            if (Double.isNaN(size)) {
                return present; // no dictionary, or given up: values hardly repeat
            }
            largest = Math.max(largest, size);
            sum += size;
            sampledRows += groups.get(i).rowCount();
            samples++;
        }
        if (samples == 0) {
            return Double.NaN;
        }
        double seen = sum / samples;
        double clusters = clusters();
        double perCluster =
                scale(largest, seen, sampledRows / samples, Math.max(seen, present / clusters));
        return Math.max(largest, perCluster * clusters);
    }

    /// Returns into how many separate ranges of values the chunks fall: 1 when each covers nearly
    /// all, their number when they do not overlap.
    private double clusters() {
        double separate = 0;
        double widths = 0;
        int pairs = 0;
        ValueBounds previous = null;
        for (RowGroupColumns group : groups) {
            ValueBounds known = group.bounds(path);
            if (known == null || known.minimum() == null || known.maximum() == null) {
                continue;
            }
            widths += width(known.minimum(), known.maximum());
            if (previous != null) {
                pairs++;
                separate += known.disjoint(previous) ? 1 : 0;
            }
            previous = known;
        }
        if (pairs == 0 || minimum == null || maximum == null) {
            return 1;
        }
        double share = widths / (pairs + 1) / width(minimum, maximum);
        double most = pairs + 1;
        return Double.isNaN(share)
                ? separate * 2 > pairs ? most : 1
                : share > 0.5 ? 1 : Math.clamp(1 / share, 1, most);
    }

    private static double width(Object low, Object high) {
        return low instanceof Number l && high instanceof Number h
                ? h.doubleValue() - l.doubleValue() + 1
                : Double.NaN;
    }

    /// Solves `seen = d * (1 - exp(-n / d))`, the distinct values expected in `n` draws from `d`
    /// equally likely ones, for `d`; a table of one row group has just what it shows.
    private static double scale(double largest, double seen, double n, double present) {
        if (n >= present * 0.999 || seen < 0.05 * n) {
            return largest;
        }
        if (seen > 0.98 * n) {
            return present * seen / n;
        }
        double low = seen;
        double high = present;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            double expected = middle * -Math.expm1(-n / middle);
            if (expected < seen) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Math.max(largest, low);
    }

    /// Returns the number of dictionary entries of a fully encoded chunk; NaN otherwise.
    private double dictionarySize(RowGroupColumns group) {
        ParquetField field = group.field(path);
        if (field == null) {
            return 0;
        }
        LeafColumn leaf = group.leaf(path);
        if (leaf == null || !DictionaryFilter.complete(group.meta(leaf))) {
            return Double.NaN;
        }
        ColumnMetaData meta = group.meta(leaf);
        long start = PageReader.start(meta);
        try (DataFile file = files.file(group.footer().id())) {
            if (!file.isMapped()) {
                return Double.NaN; // not worth a request for each chunk
            }
            DataBuffer head = file.read(start, Math.min(1 << 16, file.size() - start));
            try {
                PageHeader header = new ThriftReader(head.segment()).pageHeader();
                DictionaryPageHeader dictionary = header.getDictionary_page_header();
                return header.getType() == PageType.DICTIONARY_PAGE && dictionary != null
                        ? dictionary.getNum_values()
                        : Double.NaN;
            } finally {
                head.release();
            }
        } catch (RuntimeException | InternalError damaged) {
            return Double.NaN; // reading the table will say what is wrong
        }
    }
}
