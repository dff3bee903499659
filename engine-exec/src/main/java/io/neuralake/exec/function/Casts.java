package io.neuralake.exec.function;

import io.neuralake.exec.row.ConstantColumns;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/// Chooses the implementation of a cast.
public final class Casts {
    private Casts() {}

    /// Returns a cast. Throws CANNOT_COERCE (42846) where there is none.
    ///
    /// @param orNull whether a value that does not convert becomes null
    /// @param zone the session's time zone
    public static ScalarImplementation bind(Type from, Type to, boolean orNull, ZoneId zone) {
        if (from.equals(to)) {
            return in -> in.argument(0);
        }
        if (from == ScalarType.NULL) {
            return in -> in.memory().keep(ConstantColumns.nulls(to, in.rowCount(), in.memory()));
        }
        if (NumberCasts.handles(from, to)) {
            return NumberCasts.bind(from, to, orNull);
        }
        if (TemporalCasts.handles(from, to)) {
            return TemporalCasts.bind(from, to, zone);
        }
        if (to == ScalarType.VARCHAR) {
            return TextCasts.toText(zone);
        }
        if (from == ScalarType.VARCHAR) {
            return TextParsing.bind(to, orNull, zone);
        }
        if (from instanceof StructType f
                && to instanceof StructType t
                && f.fields().size() == t.fields().size()) {
            return structs(f, t, orNull, zone);
        }
        if (from instanceof ListType f && to instanceof ListType t) {
            return lists(f.element(), t.element(), to, orNull, zone);
        }
        if (from instanceof MapType f && to instanceof MapType t) {
            return lists(f.entry(), t.entry(), to, orNull, zone);
        }
        if (IntervalCasts.handles(from, to)) {
            return IntervalCasts.bind(from, to);
        }
        throw new NeuralakeException(
                ErrorCode.CANNOT_COERCE, "No cast from " + from.sql() + " to " + to.sql());
    }

    /// Converts a whole column, whose rows all count but the null ones.
    private static Column convert(
            ScalarImplementation cast, EvaluationMemory memory, Column column, Type to) {
        int rows = column.rowCount();
        Column flat = memory.expand(column);
        if (rows == 0) {
            return memory.expand(memory.keep(ConstantColumns.nulls(to, 0, memory)));
        }
        DataBuffer validity = flat.validity();
        Column result =
                cast.evaluate(
                        new FunctionInput(
                                memory,
                                List.of(flat),
                                rows,
                                validity,
                                validity == null
                                        ? null
                                        : NestedInputs.trimmed(memory, validity, rows)));
        return memory.expand(result);
    }

    private static ScalarImplementation structs(
            StructType from, StructType to, boolean orNull, ZoneId zone) {
        List<ScalarImplementation> casts = new ArrayList<>();
        for (int i = 0; i < from.fields().size(); i++) {
            casts.add(bind(from.fields().get(i).type(), to.fields().get(i).type(), orNull, zone));
        }
        return in -> {
            StructColumn column = (StructColumn) in.memory().expand(in.rows(0));
            List<Column> children = new ArrayList<>();
            for (int i = 0; i < casts.size(); i++) {
                children.add(
                        convert(
                                casts.get(i),
                                in.memory(),
                                column.children().get(i),
                                to.fields().get(i).type()));
            }
            children.forEach(Column::retain);
            Column result =
                    in.memory()
                            .keep(
                                    new StructColumn(
                                            to,
                                            column.rowCount(),
                                            children,
                                            EvaluationMemory.retain(column.validity())));
            return repeated(in, result);
        };
    }

    private static Column repeated(FunctionInput in, Column rows) {
        return in.argument(0) instanceof ConstantColumn
                ? in.memory().constant(in.rowCount(), rows)
                : rows;
    }

    private static ScalarImplementation lists(
            Type from, Type to, Type list, boolean orNull, ZoneId zone) {
        ScalarImplementation cast = bind(from, to, orNull, zone);
        return in -> {
            ListColumn column = (ListColumn) in.memory().expand(in.rows(0));
            Column child = convert(cast, in.memory(), column.child(), to);
            Column result =
                    in.memory()
                            .keep(
                                    new ListColumn(
                                            list,
                                            column.rowCount(),
                                            column.offsetsBuffer().retain(),
                                            child.retain(),
                                            EvaluationMemory.retain(column.validity())));
            return repeated(in, result);
        };
    }
}
