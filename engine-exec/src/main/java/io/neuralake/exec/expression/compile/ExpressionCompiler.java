package io.neuralake.exec.expression.compile;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.function.EvaluationMemory;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;

import org.jspecify.annotations.Nullable;

/// Compiles expressions into trees of prebuilt kernels. Immutable and thread-safe; what it makes
/// belongs to one worker.
public final class ExpressionCompiler {
    private final EvaluationSettings settings;
    private final ExpressionRewriter rewriter;

    /// Compiles for one execution of a statement.
    public ExpressionCompiler(EvaluationSettings settings) {
        this.settings = settings;
        this.rewriter = new ExpressionRewriter(settings, this::fold);
    }

    /// Compiles an expression to an evaluator of columns, which the caller closes. Throws
    /// FUNCTION_NOT_FOUND, TYPE_MISMATCH, UNBOUND_PARAMETER or UNSUPPORTED.
    ///
    /// @param allocator lends results and scratch
    public ExpressionEvaluator evaluator(RowExpression expression, MemoryAllocator allocator) {
        RowExpression rewritten = rewriter.rewrite(expression);
        EvaluationMemory memory = new EvaluationMemory(allocator);
        Node node = new NodeBuilder(settings, allocator).build(rewritten);
        return new ColumnEvaluator(node, memory);
    }

    /// Compiles a condition to an evaluator of bitmaps, which the caller closes. Errors as with
    /// [#evaluator].
    ///
    /// @param allocator lends scratch
    public PredicateEvaluator predicate(RowExpression expression, MemoryAllocator allocator) {
        RowExpression rewritten = rewriter.rewrite(expression);
        EvaluationMemory memory = new EvaluationMemory(allocator);
        Condition condition = new NodeBuilder(settings, allocator).buildCondition(rewritten);
        return new ConditionEvaluator(condition, memory);
    }

    /// Evaluates an expression that reads no column to its Java form (see `Type`); null for NULL.
    /// Throws the errors of its evaluation.
    public @Nullable Object constant(RowExpression expression) {
        RowExpression rewritten = rewriter.rewrite(expression);
        return rewritten instanceof Literal literal ? literal.value() : evaluate(rewritten);
    }

    private RowExpression fold(RowExpression expression) {
        try {
            return new Literal(evaluate(expression), expression.type());
        } catch (NeuralakeException e) {
            return expression; // raised when a row reaches it
        }
    }

    private @Nullable Object evaluate(RowExpression expression) {
        try (FoldingMemory folding = new FoldingMemory();
                EvaluationMemory memory = new EvaluationMemory(folding);
                Node node = new NodeBuilder(settings, folding).build(expression)) {
            Column result = node.evaluate(new Frame(memory, new Column[0], 1, null));
            return result.value(0);
        }
    }
}
