package io.neuralake.connector.delta.scan;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.spi.catalog.ColumnStatistics;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.statistics.DistinctSketch;
import io.neuralake.spi.type.Schema;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Function;

/// Estimates the distinct values of a table of many files from the sketches of some. They are the same in
/// most versions of the table, so that their footers are read once.
///
/// Distinct values grow with the rows n that have been seen as K * n^b (Heaps' law): b is 1 for keys, 0
/// when all values come up at once. Two samples, one half of the other, give b.
final class SketchSample {
    private static final int FILES = 64;

    private final Schema schema;
    private final TableStatistics logged;
    private final List<AddFile> files;

    /// @param logged what the log says of all files
    SketchSample(Schema schema, TableStatistics logged, List<AddFile> files) {
        this.schema = schema;
        this.logged = logged;
        this.files = files;
    }

    /// @param read sums files up by their footers
    TableStatistics statistics(Function<List<AddFile>, TableStatistics> read) {
        List<AddFile> sample = sample();
        TableStatistics all = read.apply(sample);
        TableStatistics half = read.apply(sample.subList(0, sample.size() / 2));
        double share = (double) files.size() / sample.size();
        List<ColumnStatistics> columns = new ArrayList<>();
        for (int i = 0; i < schema.size(); i++) {
            ColumnStatistics known = logged.column(i);
            double distinct =
                    Double.isNaN(known.distinctCount())
                            ? distinct(half.column(i).sketch(), all.column(i).sketch(), share)
                            : known.distinctCount();
            columns.add(
                    new ColumnStatistics(
                            known.minimum(),
                            known.maximum(),
                            known.nullCount(),
                            distinct,
                            Double.isNaN(known.averageBytes())
                                    ? all.column(i).averageBytes()
                                    : known.averageBytes()));
        }
        return new TableStatistics(logged.rowCount(), logged.bytes(), columns);
    }

    private double distinct(
            @org.jspecify.annotations.Nullable DistinctSketch half,
            @org.jspecify.annotations.Nullable DistinctSketch all,
            double share) {
        if (half == null || all == null || half.estimate() <= 0) {
            return Double.NaN;
        }
        double growth = Math.clamp(all.estimate() / half.estimate(), 1, 2);
        double exponent = Math.log(growth) / Math.log(2);
        double distinct = all.estimate() * Math.pow(share, exponent);
        return Double.isNaN(logged.rowCount()) ? distinct : Math.min(distinct, logged.rowCount());
    }

    /// Chooses files by hashes of their paths: a commit seldom changes the choice.
    private List<AddFile> sample() {
        Comparator<AddFile> order = Comparator.comparingInt(file -> hash(file.path()));
        PriorityQueue<AddFile> chosen = new PriorityQueue<>(order.reversed());
        for (AddFile file : files) {
            if (chosen.size() < FILES) {
                chosen.add(file);
            } else if (hash(file.path()) < hash(chosen.element().path())) {
                chosen.remove();
                chosen.add(file);
            }
        }
        return chosen.stream().sorted(order).toList();
    }

    private static int hash(String path) {
        int hash = path.hashCode() * 0x9E3779B9;
        return hash ^ hash >>> 15;
    }
}
