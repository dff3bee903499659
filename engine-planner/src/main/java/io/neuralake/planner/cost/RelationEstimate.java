package io.neuralake.planner.cost;

import org.apache.calcite.util.ImmutableBitSet;

import java.util.ArrayList;
import java.util.List;

/// What is believed of a relation.
///
/// @param rows number of rows, at least 1
/// @param population number of rows before filters
/// @param keys sets of columns that have no two equal rows
/// @param sources relations that the columns come from
public record RelationEstimate(
        double rows,
        double population,
        List<ColumnEstimate> columns,
        List<Key> keys,
        List<Source> sources) {
    /// Copies the lists.
    public RelationEstimate {
        rows = Math.max(1, rows);
        population = Math.max(rows, population);
        columns = List.copyOf(columns);
        keys = List.copyOf(keys);
        sources = List.copyOf(sources);
    }

    /// Describes a relation that is not filtered, the source of its own columns.
    public RelationEstimate(double rows, List<ColumnEstimate> columns, List<Key> keys) {
        this(
                rows,
                rows,
                columns,
                keys,
                List.of(new Source(ImmutableBitSet.range(columns.size()), rows)));
    }

    /// Columns of which no two rows are equal.
    ///
    /// @param rows rows of the relation in which they were found to be so
    public record Key(ImmutableBitSet columns, double rows) {}

    /// Columns whose values a row of one relation below determines, so that together they have no
    /// more values than that relation has rows.
    ///
    /// @param rows rows of that relation which are still met here
    public record Source(ImmutableBitSet columns, double rows) {
        /// Returns the source where of `before` rows of the relation `after` are left.
        Source shrunk(double before, double after) {
            return new Source(columns, ColumnEstimate.surviving(rows, before, after));
        }
    }

    /// Returns the estimate of a column.
    public ColumnEstimate column(int index) {
        return columns.get(index);
    }

    RelationEstimate withColumns(List<ColumnEstimate> others) {
        return new RelationEstimate(rows, population, others, keys, sources);
    }

    RelationEstimate withRows(double count) {
        return new RelationEstimate(
                count, count, columns, keys, sources(Math.max(1, Math.min(count, rows))));
    }

    /// Keeps a share of the rows, drawn at random.
    RelationEstimate scaled(double selectivity, List<ColumnEstimate> narrowed) {
        double left = Math.max(1, rows * selectivity);
        List<ColumnEstimate> result = new ArrayList<>(narrowed.size());
        for (ColumnEstimate column : narrowed) {
            result.add(
                    column.withDistinct(ColumnEstimate.surviving(column.distinct(), rows, left)));
        }
        return new RelationEstimate(left, population, result, keys, sources(left));
    }

    /// Returns the sources where so many rows are left.
    List<Source> sources(double left) {
        return sources.stream().map(source -> source.shrunk(rows, left)).toList();
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

    /// Estimates the number of groups by the columns.
    public double groups(ImmutableBitSet group) {
        if (group.isEmpty()) {
            return 1;
        }
        return isUnique(group) ? rows : GroupCount.of(this, group);
    }
}
