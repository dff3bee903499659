package io.neuralake.conformance.random;

import java.util.ArrayList;
import java.util.List;

/// The columns that an expression may use.
///
/// @param subqueries whether sub-queries may stand in the expression
record Scope(List<Column> columns, boolean subqueries) {
    Scope {
        columns = List.copyOf(columns);
    }

    List<Column> of(Kind kind) {
        return columns.stream().filter(column -> column.kind() == kind).toList();
    }

    Scope withoutSubqueries() {
        return new Scope(columns, false);
    }

    /// Adds the columns of an enclosing query.
    Scope inside(Scope outer) {
        List<Column> all = new ArrayList<>(columns);
        all.addAll(outer.columns);
        return new Scope(all, subqueries);
    }
}
