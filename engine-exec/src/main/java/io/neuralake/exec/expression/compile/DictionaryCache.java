package io.neuralake.exec.expression.compile;

import io.neuralake.exec.function.EvaluationMemory;
import io.neuralake.exec.row.ConstantColumns;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

/// Evaluates an expression of one input column over that column's dictionary, once per dictionary.
/// It holds the last dictionary and its result. A dictionary on which the expression fails (only some
/// of its values may be in use) is evaluated row by row instead, and so is one that is much larger
/// than the rows seen of it.
final class DictionaryCache implements AutoCloseable {
    private static final int WORTHWHILE = 2;

    private final int input;
    private final Node expression;
    private @Nullable Column dictionary;
    private @Nullable Column result;
    private boolean failed;
    private long rowsSeen;
    private @Nullable NullResult ofNull;

    /// What the expression gives for a null.
    private enum NullResult {
        NULL,
        FALSE,
        TRUE,
        OTHER
    }

    /// @param input the column that the expression reads
    DictionaryCache(int input, Node expression) {
        this.input = input;
        this.expression = expression;
    }

    /// Returns the input column of a frame.
    Column column(Frame frame) {
        Column column = frame.columns()[input];
        if (column == null) {
            throw new IllegalStateException("Column was not given: " + input);
        }
        return column;
    }

    /// Returns a frame over another column in place of the input.
    Frame over(Frame frame, Column column) {
        @Nullable Column[] columns = new Column[input + 1];
        columns[input] = column;
        return new Frame(frame.memory(), columns, column.rowCount(), null);
    }

    /// Returns the expression's values for the dictionary in flat form, or null when it should be
    /// evaluated row by row. The result is the cache's.
    @Nullable Column values(Frame frame, DictionaryColumn column) {
        Column current = column.dictionary();
        if (current != dictionary) {
            forget();
            dictionary = current.retain();
        }
        if (result != null) {
            return result;
        }
        rowsSeen += frame.rowCount();
        if (failed || current.rowCount() > WORTHWHILE * rowsSeen) {
            return null;
        }
        try {
            EvaluationMemory memory = frame.memory();
            Column values = memory.expand(expression.evaluate(over(frame, current)));
            result = values.retain();
            return result;
        } catch (NeuralakeException e) {
            failed = true;
            return null;
        }
    }

    /// Tells whether a null makes the expression null.
    boolean propagatesNull(Frame frame, Type type) {
        return ofNull(frame, type) == NullResult.NULL;
    }

    /// Tells whether a null makes the expression, a condition, be `want`; unknown is neither.
    boolean nullGives(Frame frame, Type type, boolean want) {
        return ofNull(frame, type) == (want ? NullResult.TRUE : NullResult.FALSE);
    }

    private NullResult ofNull(Frame frame, Type type) {
        NullResult known = ofNull;
        if (known == null) {
            known = evaluateNull(frame, type);
            ofNull = known;
        }
        return known;
    }

    private NullResult evaluateNull(Frame frame, Type type) {
        try {
            EvaluationMemory memory = frame.memory();
            Column none = memory.keep(ConstantColumns.nulls(type, 1, memory));
            Object value = expression.evaluate(over(frame, none)).value(0);
            if (value == null) {
                return NullResult.NULL;
            }
            return value instanceof Boolean b
                    ? b ? NullResult.TRUE : NullResult.FALSE
                    : NullResult.OTHER;
        } catch (NeuralakeException e) {
            return NullResult.OTHER;
        }
    }

    private void forget() {
        if (dictionary != null) {
            dictionary.release();
            dictionary = null;
        }
        if (result != null) {
            result.release();
            result = null;
        }
        failed = false;
        rowsSeen = 0;
    }

    @Override
    public void close() {
        forget();
    }
}
