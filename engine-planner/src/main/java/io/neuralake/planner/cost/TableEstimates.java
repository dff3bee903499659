package io.neuralake.planner.cost;

import io.neuralake.planner.cost.RelationEstimate.Key;
import io.neuralake.spi.catalog.ColumnStatistics;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.statistics.DistinctSketch;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/// Reads a table's statistics. Integers and dates cannot have more distinct values than their range
/// has; a column with about as many distinct values as rows counts as a key.
final class TableEstimates {
    private static final double UNKNOWN_ROWS = 10_000;

    /// Three standard errors of the sketches in files.
    private static final double KEY_SHARE = 0.93;

    private TableEstimates() {}

    static RelationEstimate of(TableSnapshot table) {
        TableStatistics statistics = table.statistics();
        double rows = Double.isNaN(statistics.rowCount()) ? UNKNOWN_ROWS : statistics.rowCount();
        List<ColumnEstimate> columns = new ArrayList<>();
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < table.schema().size(); i++) {
            ColumnStatistics known = statistics.column(i);
            ColumnEstimate column = column(table.schema().field(i), known, rows);
            columns.add(column);
            if (rows > 1
                    && !Double.isNaN(known.distinctCount())
                    && column.distinct() >= KEY_SHARE * rows) {
                keys.add(new Key(ImmutableBitSet.of(i), rows));
            }
        }
        return new RelationEstimate(rows, columns, keys);
    }

    private static ColumnEstimate column(Field field, ColumnStatistics known, double rows) {
        double min = number(known.minimum());
        double max = number(known.maximum());
        double nulls = Double.isNaN(known.nullCount()) ? 0 : known.nullCount() / Math.max(1, rows);
        double span = isDiscrete(field.type()) ? max - min + 1 : Double.NaN;
        double distinct = known.distinctCount();
        if (Double.isNaN(distinct)) {
            distinct = Double.isNaN(span) ? guess(field.type(), rows) : Math.min(span, rows);
        } else if (!Double.isNaN(span)) {
            distinct = Math.min(distinct, span);
        }
        distinct = Math.max(1, Math.min(distinct, rows));
        DistinctSketch sketch = known.sketch();
        return new ColumnEstimate(distinct, distinct, min, max, Math.min(1, nulls))
                .withValues(sketch == null ? null : new ValueSet(sketch, field.type()));
    }

    private static double guess(Type type, double rows) {
        return type == ScalarType.BOOLEAN ? 2 : Math.max(1, Math.pow(rows, 0.75));
    }

    private static boolean isDiscrete(Type type) {
        return type instanceof ScalarType scalar
                && switch (scalar) {
                    case TINYINT, SMALLINT, INTEGER, BIGINT, DATE -> true;
                    default -> false;
                };
    }

    /// Returns a statistic in Java form as a number; NaN where it is none.
    static double number(@Nullable Object value) {
        return switch (value) {
            case Long l -> l.doubleValue();
            case Double d -> d;
            case BigDecimal d -> d.doubleValue();
            case null, default -> Double.NaN;
        };
    }
}
