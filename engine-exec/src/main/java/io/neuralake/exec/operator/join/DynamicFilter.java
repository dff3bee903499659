package io.neuralake.exec.operator.join;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/// What the build side of a join knows about one key, for scans of the probe side: rows whose key is
/// null or fails can have no match and are not needed. Thread-safe.
public interface DynamicFilter extends AutoCloseable {
    /// Returns the id of the node's DynamicFilterSource.
    int id();

    /// Returns the type of the key on the build side, whose Java form values have.
    Type type();

    /// Returns the smallest value of the build side; empty when it has no order that scans know, or no
    /// value at all.
    Optional<Object> minimum();

    /// Returns the largest value of the build side.
    Optional<Object> maximum();

    /// Returns all different values if they are few; an empty list when no row can match.
    Optional<List<Object>> values();

    /// Returns what is known as conjuncts over a column of the scan's table, which has the key's type.
    default List<ScanPredicate> predicates(ColumnPath column) {
        if (values().isPresent()) {
            return List.of(new ScanPredicate.In(column, values().get()));
        }
        if (minimum().isEmpty() || maximum().isEmpty()) {
            return List.of();
        }
        return List.of(
                new ScanPredicate.Comparison(
                        column, ScanPredicate.Operator.GREATER_OR_EQUAL, minimum().get()),
                new ScanPredicate.Comparison(
                        column, ScanPredicate.Operator.LESS_OR_EQUAL, maximum().get()));
    }

    /// Clears the bits of rows that have no match for certain. Rows whose bit is clear are not tested.
    ///
    /// @param keys the scan's column, of the key's type in any form
    /// @param passed bitmap of `keys.rowCount()` bits
    /// @return the number of bits left
    int filter(Column keys, MemorySegment passed);

    /// Frees memory; called by the join.
    @Override
    void close();
}
