package io.neuralake.planner.write;

import io.neuralake.spi.change.TableDefinition;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// One version of a table in memory.
record MemoryState(TableDefinition definition, List<Row> rows, long version) {
    MemoryState {
        rows = List.copyOf(rows);
    }

    /// A row of Java values.
    record Row(List<@Nullable Object> values) {
        Row {
            values = Collections.unmodifiableList(new ArrayList<>(values));
        }
    }
}
