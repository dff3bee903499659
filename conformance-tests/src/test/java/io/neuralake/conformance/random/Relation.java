package io.neuralake.conformance.random;

import java.util.List;

/// What stands in FROM.
///
/// @param rows about how many it has, to keep joins small
record Relation(Sql sql, List<Column> columns, long rows) {
    Relation {
        columns = List.copyOf(columns);
    }

    Scope scope() {
        return new Scope(columns, true);
    }
}
