package io.neuralake.spi.connector;

import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.expression.ScanPredicate;

import java.util.List;

/// What a query wants of a table.
///
/// @param columns output columns in order; may be empty when only the row count matters
/// @param predicates conjuncts that may be used to skip data
public record ScanRequest(
        TableSnapshot table, List<ScanColumn> columns, List<ScanPredicate> predicates) {
    /// Copies the lists.
    public ScanRequest {
        columns = List.copyOf(columns);
        predicates = List.copyOf(predicates);
    }
}
