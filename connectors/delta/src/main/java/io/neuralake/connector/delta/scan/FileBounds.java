package io.neuralake.connector.delta.scan;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.AddFile.StoredColumn;
import io.neuralake.connector.delta.log.FileStatistics;
import io.neuralake.connector.delta.schema.TableSchema;
import io.neuralake.connector.parquet.filter.ValueBounds;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What partition values and statistics say of the columns of files. Bounds may be wider than the
/// values, never narrower.
final class FileBounds {
    /// Statistics hold timestamps cut to milliseconds, so that a value may be above its bound.
    private static final long CUT_MICROS = 999;

    /// The longest text of a float, such as `-1.17549435E-38`.
    private static final int FLOAT_DIGITS = 15;

    private final TableSchema schema;
    private final Map<ColumnPath, Optional<StoredColumn>> columns = new ConcurrentHashMap<>();

    FileBounds(TableSchema schema) {
        this.schema = schema;
    }

    TableSchema schema() {
        return schema;
    }

    /// Returns what is known of a column in a file; null when nothing is.
    @Nullable ValueBounds of(AddFile file, ColumnPath path) {
        StoredColumn column = columns.computeIfAbsent(path, this::column).orElse(null);
        return column == null ? null : file.bounds(column, unread -> find(unread, path, column));
    }

    private Optional<StoredColumn> column(ColumnPath path) {
        int ordinal = path.ordinal();
        Type type = type(schema.schema().field(ordinal).type(), path.members());
        boolean partition = schema.isPartition(ordinal);
        List<String> names =
                partition
                        ? List.of(schema.names().get(ordinal).physicalName())
                        : schema.physicalPath(ordinal, path.members());
        return names == null || type == null
                ? Optional.empty()
                : Optional.of(new StoredColumn(names, type, partition));
    }

    private @Nullable ValueBounds find(AddFile file, ColumnPath path, StoredColumn column) {
        if (column.partition()) {
            Object value = schema.partitionValue(path.ordinal(), file.partitionValues());
            return ValueBounds.ofConstant(value, 1);
        }
        Type type = column.type();
        FileStatistics known = FileStatistics.of(file.statistics(), column.names());
        if (known.rows() < 0) {
            return null;
        }
        boolean floating = type == ScalarType.REAL || type == ScalarType.DOUBLE;
        return new ValueBounds(
                bound(type, known.minimum(), false),
                bound(type, known.maximum(), true),
                nulls(known),
                known.rows(),
                floating);
    }

    /// Without tight bounds a count of nulls holds before deletions: none are none, all are all.
    private static long nulls(FileStatistics known) {
        long nulls = known.nulls();
        return known.tight() || nulls == 0 || nulls == known.rows() ? nulls : -1;
    }

    private static @Nullable Type type(Type type, List<String> members) {
        Type at = type;
        for (String member : members) {
            Type below = null;
            if (at instanceof StructType struct) {
                for (Field field : struct.fields()) {
                    if (field.name().equals(member)) {
                        below = field.type();
                    }
                }
            }
            if (below == null) {
                return null;
            }
            at = below;
        }
        return at;
    }

    /// Reads a bound in the comparable form of the type; null when it is unknown.
    private static @Nullable Object bound(Type type, @Nullable String text, boolean upper) {
        if (text == null) {
            return null;
        }
        try {
            if (type instanceof DecimalType) {
                return new BigDecimal(text);
            }
            if (!(type instanceof ScalarType scalar)) {
                return null;
            }
            return switch (scalar) {
                case TINYINT, SMALLINT, INTEGER, BIGINT -> Long.valueOf(text);
                case REAL, DOUBLE -> floating(text, upper);
                case VARCHAR -> text.getBytes(StandardCharsets.UTF_8);
                case DATE -> LocalDate.parse(text.substring(0, 10)).toEpochDay();
                case TIMESTAMP, TIMESTAMP_TZ -> micros(text) + (upper ? CUT_MICROS : 0);
                case BOOLEAN, VARBINARY, NULL, TIME, INTERVAL_YEAR_MONTH, INTERVAL_DAY_TIME -> null;
            };
        } catch (RuntimeException unreadable) {
            return null;
        }
    }

    /// Writers give bounds of REAL values, and of those of files from before a column became DOUBLE, with as many digits
    /// as tell floats apart: the double of these digits may lie on the other side of the value.
    private static @Nullable Double floating(String text, boolean upper) {
        double value = Double.parseDouble(text);
        if (Double.isNaN(value)) {
            return null;
        }
        double single = text.length() <= FLOAT_DIGITS ? Float.parseFloat(text) : value;
        return upper ? Math.max(value, single) : Math.min(value, single);
    }

    private static long micros(String text) {
        boolean zoned =
                text.endsWith("Z") || text.lastIndexOf('+') > 10 || text.lastIndexOf('-') > 10;
        Instant instant =
                zoned
                        ? OffsetDateTime.parse(text).toInstant()
                        : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
