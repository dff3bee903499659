package io.neuralake.exec.operator.join;

import io.neuralake.exec.expression.RowExpression.Cast;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.compile.ExpressionEvaluator;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.row.Ownership;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Computes the cast key columns of one side's batches. Belongs to one worker.
final class KeyColumns implements AutoCloseable {
    private final List<ExpressionEvaluator> evaluators = new ArrayList<>();

    /// Compiles the casts.
    ///
    /// @param casts as [KeyTypes#casts] gave them
    KeyColumns(
            Schema schema,
            List<Integer> keys,
            List<@Nullable Type> casts,
            ConditionCompiler compiler,
            WorkerContext context) {
        try {
            for (int k = 0; k < keys.size(); k++) {
                Type cast = casts.get(k);
                if (cast != null) {
                    int key = keys.get(k);
                    InputRef ref = new InputRef(key, schema.field(key).type());
                    evaluators.add(
                            compiler.evaluator(
                                    new Cast(ref, cast, false),
                                    context.settings(),
                                    context.allocator()));
                }
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /// Returns the schema with the cast keys behind.
    static Schema extend(Schema schema, List<@Nullable Type> casts) {
        List<Field> fields = new ArrayList<>(schema.fields());
        for (Type cast : casts) {
            if (cast != null) {
                fields.add(Field.of("key", cast));
            }
        }
        return new Schema(fields);
    }

    /// Returns where the keys are in batches that [#extend(Batch)] gave.
    static List<Integer> positions(Schema schema, List<Integer> keys, List<@Nullable Type> casts) {
        List<Integer> positions = new ArrayList<>(keys.size());
        int cast = schema.size();
        for (int k = 0; k < keys.size(); k++) {
            positions.add(casts.get(k) == null ? keys.get(k) : cast++);
        }
        return positions;
    }

    /// Returns the batch with the cast keys behind, which the caller owns. The input stays the
    /// caller's.
    Batch extend(Batch input) {
        try (Ownership owned = new Ownership()) {
            int width = input.columnCount();
            Column[] columns = new Column[width + evaluators.size()];
            for (int c = 0; c < width; c++) {
                columns[c] = owned.hold(input.column(c).retain());
            }
            for (int e = 0; e < evaluators.size(); e++) {
                columns[width + e] = owned.hold(evaluators.get(e).evaluate(input));
            }
            DataBuffer selection = input.selection();
            Batch result =
                    selection == null
                            ? Batch.of(input.rowCount(), columns)
                            : Batch.selected(
                                    input.rowCount(),
                                    columns,
                                    selection.retain(),
                                    input.selectedCount());
            owned.transfer();
            return result;
        }
    }

    @Override
    public void close() {
        evaluators.forEach(ExpressionEvaluator::close);
        evaluators.clear();
    }
}
