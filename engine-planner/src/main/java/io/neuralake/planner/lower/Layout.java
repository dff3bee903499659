package io.neuralake.planner.lower;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.RowExpression.Member;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Where the columns of a relation are in the plan that produces it. Columns that nobody reads are
/// missing, and a struct may be there as some of its members only.
record Layout(Map<FieldPath, Integer> positions) {
    Layout {
        positions = new LinkedHashMap<>(positions);
    }

    /// Returns a layout of all columns in order.
    static Layout identity(int width) {
        Map<FieldPath, Integer> positions = new LinkedHashMap<>();
        for (int i = 0; i < width; i++) {
            positions.put(FieldPath.of(i), i);
        }
        return new Layout(positions);
    }

    /// Returns the position of a whole column; throws IllegalStateException if it is not there.
    int position(int column) {
        return position(FieldPath.of(column));
    }

    int position(FieldPath path) {
        Integer position = positions.get(path);
        if (position == null) {
            throw new IllegalStateException("Column not in the plan: " + path + " of " + positions);
        }
        return position;
    }

    boolean has(FieldPath path) {
        return positions.containsKey(path);
    }

    /// Reads a path of the relation from the plan's row.
    RowExpression read(FieldPath path, Schema schema) {
        List<Integer> members = path.members();
        for (int length = members.size(); length >= 0; length--) {
            FieldPath prefix = new FieldPath(path.column(), members.subList(0, length));
            Integer position = positions.get(prefix);
            if (position != null) {
                RowExpression result = new InputRef(position, schema.field(position).type());
                for (int member : members.subList(length, members.size())) {
                    result = member(result, member);
                }
                return result;
            }
        }
        throw new IllegalStateException("Column not in the plan: " + path + " of " + positions);
    }

    static RowExpression member(RowExpression struct, int index) {
        Type type = ((StructType) struct.type()).fields().get(index).type();
        return new Member(struct, index, type);
    }
}
