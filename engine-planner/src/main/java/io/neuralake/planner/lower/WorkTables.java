package io.neuralake.planner.lower;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.RepeatUnion;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.schema.TransientTable;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The work tables of the recursions around what is being lowered, the innermost first. An inner
/// recursion may have the name of an outer one and hides it then.
final class WorkTables {
    private final Deque<WorkTable> open = new ArrayDeque<>();
    private int nextId;

    /// A work table, by the qualified name that scans of it have.
    record WorkTable(List<String> name, int id, double rows) {}

    /// Opens that of a recursion until [#close].
    WorkTable open(RepeatUnion recursion, double rows) {
        WorkTable table = new WorkTable(name(recursion), nextId++, rows);
        open.push(table);
        return table;
    }

    void close() {
        open.pop();
    }

    /// Finds the work table that a scan reads.
    WorkTable of(TableScan scan) {
        return open.stream()
                .filter(table -> table.name().equals(scan.getTable().getQualifiedName()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No recursion: " + scan.getTable()));
    }

    /// Tells whether a scan reads a work table.
    static boolean reads(TableScan scan) {
        return scan.getTable().unwrap(TransientTable.class) != null;
    }

    /// Returns the work tables that a relation reads and that belong to recursions around it.
    static Set<List<String>> read(RelNode rel) {
        if (rel instanceof TableScan scan) {
            return reads(scan) ? Set.of(scan.getTable().getQualifiedName()) : Set.of();
        }
        Set<List<String>> names = new HashSet<>();
        rel.getInputs().forEach(input -> names.addAll(read(input)));
        if (rel instanceof RepeatUnion recursion) {
            names.remove(name(recursion));
        }
        return names;
    }

    private static List<String> name(RepeatUnion recursion) {
        var table = recursion.getTransientTable();
        if (table == null) {
            throw new IllegalStateException("Recursion without work table: " + recursion);
        }
        return table.getQualifiedName();
    }
}
