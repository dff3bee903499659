package io.neuralake.planner.lower;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexVisitorImpl;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What is read of a relation: columns and members of structs, in order, none below another.
final class Uses {
    private static final Comparator<FieldPath> ORDER =
            Comparator.comparingInt(FieldPath::column)
                    .thenComparing(
                            (a, b) -> {
                                int common = Math.min(a.members().size(), b.members().size());
                                for (int i = 0; i < common; i++) {
                                    int c = Integer.compare(a.members().get(i), b.members().get(i));
                                    if (c != 0) {
                                        return c;
                                    }
                                }
                                return Integer.compare(a.members().size(), b.members().size());
                            });

    private final TreeSet<FieldPath> paths = new TreeSet<>(ORDER);

    static Uses none() {
        return new Uses();
    }

    static Uses all(RelNode rel) {
        Uses uses = new Uses();
        for (int i = 0; i < rel.getRowType().getFieldCount(); i++) {
            uses.add(FieldPath.of(i));
        }
        return uses;
    }

    static Uses copyOf(Uses other) {
        Uses uses = new Uses();
        uses.paths.addAll(other.paths);
        return uses;
    }

    Set<FieldPath> paths() {
        return paths;
    }

    /// Returns the columns read, wholly or in part.
    Set<Integer> columns() {
        Set<Integer> columns = new TreeSet<>();
        paths.forEach(path -> columns.add(path.column()));
        return columns;
    }

    Uses add(FieldPath path) {
        for (FieldPath known : paths) {
            if (known.covers(path)) {
                return this;
            }
        }
        paths.removeIf(path::covers);
        paths.add(path);
        return this;
    }

    Uses addColumns(Collection<Integer> columns) {
        columns.forEach(column -> add(FieldPath.of(column)));
        return this;
    }

    Uses addAll(Uses other) {
        other.paths.forEach(this::add);
        return this;
    }

    Uses addAll(List<? extends RexNode> expressions) {
        expressions.forEach(this::add);
        return this;
    }

    /// Adds what an expression reads.
    Uses add(RexNode expression) {
        expression.accept(
                new RexVisitorImpl<Void>(true) {
                    @Override
                    public Void visitInputRef(RexInputRef reference) {
                        Uses.this.add(FieldPath.of(reference.getIndex()));
                        return null;
                    }

                    @Override
                    public Void visitFieldAccess(RexFieldAccess access) {
                        FieldPath path = FieldPath.of(access);
                        if (path == null) {
                            return super.visitFieldAccess(access);
                        }
                        Uses.this.add(path);
                        return null;
                    }
                });
        return this;
    }

    /// Tells whether all that the other reads is read.
    boolean covers(Uses other) {
        return other.paths.stream()
                .allMatch(path -> paths.stream().anyMatch(known -> known.covers(path)));
    }

    @Override
    public String toString() {
        return paths.toString();
    }
}
