package io.neuralake.exec.operator.join;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.compile.PredicateEvaluator;
import io.neuralake.exec.row.ColumnGather;
import io.neuralake.exec.row.ConstantColumns;
import io.neuralake.exec.row.Ownership;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Schema;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/// Evaluates a join's condition, over probe columns then build columns, for pairs of rows. Only the
/// columns that the condition reads are gathered. Belongs to one worker.
final class PairCondition implements AutoCloseable {
    private final BitSet references;
    private final Schema probeSchema;
    private final Schema buildSchema;
    private final PredicateEvaluator evaluator;
    private final MemoryAllocator allocator;
    private final Scratch passed;

    /// Takes ownership of `evaluator`.
    PairCondition(
            RowExpression condition,
            Schema probeSchema,
            Schema buildSchema,
            PredicateEvaluator evaluator,
            MemoryAllocator allocator) {
        this.references = InputReferences.of(condition);
        this.probeSchema = probeSchema;
        this.buildSchema = buildSchema;
        this.evaluator = evaluator;
        this.allocator = allocator;
        this.passed = new Scratch(allocator);
    }

    /// Keeps the pairs that satisfy the condition, in place, and returns their number.
    int filterPairs(
            Batch probe, MemorySegment probeRows, Batch build, MemorySegment buildRows, int count) {
        MemorySegment bits = passed.get(Bitmap.bytes(count));
        int left;
        try (Ownership owned = new Ownership()) {
            int width = probeSchema.size();
            Column[] columns = new Column[width + buildSchema.size()];
            for (int c = 0; c < columns.length; c++) {
                columns[c] =
                        owned.hold(
                                !references.get(c)
                                        ? placeholder(c, count)
                                        : c < width
                                                ? ColumnGather.gather(
                                                        probe.column(c),
                                                        probeRows,
                                                        count,
                                                        allocator)
                                                : ColumnGather.gather(
                                                        build.column(c - width),
                                                        buildRows,
                                                        count,
                                                        allocator));
            }
            left = evaluator.evaluate(Batch.of(count, columns), bits);
        }
        if (left < count) {
            Rows.compact(probeRows, count, bits);
            Rows.compact(buildRows, count, bits);
        }
        return left;
    }

    /// Evaluates the condition for each probe row and the one build row it was matched with.
    ///
    /// @param heads a build row for each physical row, -1 for none
    /// @param matched bitmap of rows that have one; the rows that pass remain
    /// @return the number of bits left
    int filterMatches(
            Batch probe,
            Batch build,
            MemorySegment heads,
            MemorySegment matched,
            int matchedCount) {
        int count = probe.rowCount();
        MemorySegment bits = passed.get(Bitmap.bytes(count));
        try (Ownership owned = new Ownership()) {
            int width = probeSchema.size();
            Column[] columns = new Column[width + buildSchema.size()];
            for (int c = 0; c < columns.length; c++) {
                columns[c] =
                        owned.hold(
                                !references.get(c)
                                        ? placeholder(c, count)
                                        : c < width
                                                ? probe.column(c).retain()
                                                : ColumnGather.gather(
                                                        build.column(c - width),
                                                        heads,
                                                        count,
                                                        allocator));
            }
            DataBuffer selection = owned.hold(Rows.copy(matched, count, allocator));
            int left =
                    evaluator.evaluate(
                            Batch.selected(count, columns, selection, matchedCount), bits);
            MemorySegment.copy(bits, 0, matched, 0, Bitmap.bytes(count));
            return left;
        }
    }

    private Column placeholder(int column, int count) {
        int width = probeSchema.size();
        return ConstantColumns.nulls(
                column < width
                        ? probeSchema.field(column).type()
                        : buildSchema.field(column - width).type(),
                count,
                allocator);
    }

    @Override
    public void close() {
        passed.close();
        evaluator.close();
    }
}
