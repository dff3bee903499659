package io.neuralake.exec.expression.compile;

import io.neuralake.exec.function.EvaluationMemory;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DictionaryColumn;

/// Evaluates an expression of one input column once per dictionary and keeps the codes; for a
/// constant input, once.
final class DictionaryNode extends Node {
    private final Node expression;
    private final DictionaryCache cache;

    DictionaryNode(int input, Node expression) {
        super(expression.type());
        this.expression = expression;
        this.cache = new DictionaryCache(input, expression);
    }

    @Override
    Column evaluate(Frame frame) {
        Column column = cache.column(frame);
        EvaluationMemory memory = frame.memory();
        if (column instanceof ConstantColumn constant && frame.anyActive()) {
            Column single =
                    memory.flatten(expression.evaluate(cache.over(frame, constant.single())));
            return memory.constant(
                    frame.rowCount(), single instanceof ConstantColumn c ? c.single() : single);
        }
        if (column instanceof DictionaryColumn dictionary
                && (column.validity() == null || cache.propagatesNull(frame, column.type()))) {
            Column values = cache.values(frame, dictionary);
            if (values != null) {
                return memory.keep(
                        new DictionaryColumn(
                                frame.rowCount(),
                                dictionary.codesBuffer().retain(),
                                values.retain(),
                                EvaluationMemory.retain(dictionary.validity())));
            }
        }
        return expression.evaluate(frame);
    }

    @Override
    public void close() {
        cache.close();
        expression.close();
    }
}
