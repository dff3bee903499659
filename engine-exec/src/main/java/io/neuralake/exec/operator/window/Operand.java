package io.neuralake.exec.operator.window;

import io.neuralake.exec.plan.PhysicalPlan.WindowCall;
import io.neuralake.spi.batch.Column;

import org.jspecify.annotations.Nullable;

/// A further argument of a window function, which is a constant or a column.
///
/// @param column by position, or null for a constant
record Operand(@Nullable Object constant, @Nullable Column column) {
    /// Returns argument `index` of the call, or null when it has none. Constants follow columns.
    static @Nullable Operand of(WindowCall call, int index, SortedRows rows) {
        int columns = call.arguments().size();
        if (index < columns) {
            return new Operand(null, rows.sorted(call.arguments().get(index)));
        }
        return index - columns < call.constants().size()
                ? new Operand(call.constants().get(index - columns).value(), null)
                : null;
    }

    /// Returns the value at a position, in its Java form.
    @Nullable Object value(int position) {
        return column == null ? constant : column.value(position);
    }
}
