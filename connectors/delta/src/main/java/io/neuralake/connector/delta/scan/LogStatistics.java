package io.neuralake.connector.delta.scan;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.connector.parquet.filter.ValueBounds;
import io.neuralake.spi.catalog.ColumnStatistics;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Sums up what the log says of the files of a version. A sample of them gives bounds, nulls and the
/// number of partition values: all would take long when they are many.
final class LogStatistics {
    private static final int SAMPLE = 1000;

    private LogStatistics() {}

    static TableStatistics of(TableState state) {
        double rows = 0;
        double bytes = 0;
        List<AddFile> sample = new ArrayList<>();
        int step = Math.max(1, state.fileCount() / SAMPLE);
        int at = 0;
        for (AddFile file : state.files()) {
            bytes += file.size();
            if (at++ % step == 0) {
                sample.add(file);
                rows += file.rowCount() < 0 ? Double.NaN : file.rowCount();
            }
        }
        double scale = (double) state.fileCount() / Math.max(1, sample.size());
        FileBounds bounds = new FileBounds(state.metadata().schema());
        List<ColumnStatistics> columns = new ArrayList<>();
        for (int i = 0; i < state.metadata().schema().schema().size(); i++) {
            columns.add(column(bounds, sample, i, scale));
        }
        return new TableStatistics(rows * scale, bytes, columns);
    }

    private static ColumnStatistics column(
            FileBounds bounds, List<AddFile> sample, int ordinal, double scale) {
        Type type = bounds.schema().schema().field(ordinal).type();
        boolean partition = bounds.schema().isPartition(ordinal);
        ColumnPath path = ColumnPath.of(ordinal);
        Set<Object> values = new HashSet<>();
        ValueBounds all = null;
        boolean bounded = true;
        double nulls = 0;
        for (AddFile file : sample) {
            ValueBounds known = bounds.of(file, path);
            if (known == null) {
                bounded = false;
                nulls = Double.NaN;
                continue;
            }
            double weight = partition ? Math.max(1, file.rowCount()) : 1;
            nulls += known.nulls() < 0 ? Double.NaN : known.nulls() * weight;
            if (known.allNull()) {
                continue;
            }
            if (partition) {
                values.add(bounds.schema().partitionValue(ordinal, file.partitionValues()));
            }
            all = merge(all, known);
            bounded &= all != null;
        }
        // The sample may have missed the extremes: bounds must not be narrower than the values.
        ValueBounds usable = bounded && scale <= 1 ? all : null;
        return new ColumnStatistics(
                usable == null ? null : sql(usable.minimum()),
                usable == null ? null : sql(usable.maximum()),
                nulls * scale,
                partition ? values.size() : Double.NaN,
                type.physical().width() == 0 ? Double.NaN : type.physical().width());
    }

    private static @Nullable ValueBounds merge(@Nullable ValueBounds all, ValueBounds known) {
        if (all == null) {
            return known.minimum() == null || known.maximum() == null ? null : known;
        }
        return known.minimum() == null || known.maximum() == null
                ? null
                : all.merge(known.minimum(), known.maximum());
    }

    private static @Nullable Object sql(@Nullable Object bound) {
        if (!(bound instanceof byte[] bytes)) {
            return bound;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException cutInsideCharacter) {
            return null;
        }
    }
}
