package io.neuralake.planner.cost;

import org.apache.calcite.util.ImmutableBitSet;

import java.util.ArrayList;
import java.util.List;

/// What is believed of a relation.
///
/// @param rows number of rows, at least 1
/// @param population number of rows before filters
/// @param keys sets of columns that have no two equal rows
public record RelationEstimate(
        double rows, double population, List<ColumnEstimate> columns, List<Key> keys) {
    /// Copies the lists.
    public RelationEstimate {
        rows = Math.max(1, rows);
        population = Math.max(rows, population);
        columns = List.copyOf(columns);
        keys = List.copyOf(keys);
    }

    /// Describes a relation that is not filtered.
    public RelationEstimate(double rows, List<ColumnEstimate> columns, List<Key> keys) {
        this(rows, rows, columns, keys);
    }

    /// Columns of which no two rows are equal.
    ///
    /// @param rows rows of the relation in which they were found to be so
    public record Key(ImmutableBitSet columns, double rows) {}

    /// Returns the estimate of a column.
    public ColumnEstimate column(int index) {
        return columns.get(index);
    }

    RelationEstimate withRows(double count) {
        return new RelationEstimate(count, count, columns, keys);
    }

    /// Keeps a share of the rows, drawn at random.
    RelationEstimate scaled(double selectivity, List<ColumnEstimate> narrowed) {
        double left = Math.max(1, rows * selectivity);
        List<ColumnEstimate> result = new ArrayList<>(narrowed.size());
        for (ColumnEstimate column : narrowed) {
            result.add(
                    column.withDistinct(ColumnEstimate.surviving(column.distinct(), rows, left)));
        }
        return new RelationEstimate(left, population, result, keys);
    }

    /// Tells whether no two rows are equal in the given columns.
    public boolean isUnique(ImmutableBitSet candidate) {
        for (Key key : keys) {
            if (candidate.contains(key.columns)) {
                return true;
            }
        }
        return false;
    }

    /// Estimates the number of groups by the columns. Columns after the one with most values count
    /// less and less, since columns of one relation are rarely independent.
    double groups(ImmutableBitSet group) {
        if (group.isEmpty()) {
            return 1;
        }
        if (isUnique(group)) {
            return rows;
        }
        double[] counts = new double[group.cardinality()];
        int n = 0;
        for (int column : group) {
            counts[n++] = columns.get(column).distinct();
        }
        java.util.Arrays.sort(counts);
        double product = 1;
        double weight = 1;
        for (int i = n - 1; i >= 0; i--) {
            product *= Math.pow(counts[i], weight);
            weight = Math.max(0.25, weight * 0.8);
        }
        return Math.max(1, Math.min(product, rows));
    }
}
