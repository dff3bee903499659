package io.neuralake.planner;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import java.util.List;
import java.util.function.BiFunction;

/// Prepared statements other than plain queries.
final class Statements {
    /// The result of a statement that changes something.
    static final Schema UPDATE_SCHEMA = Schema.of(new Field("count", ScalarType.BIGINT, false));

    private Statements() {}

    /// A statement whose rows a function makes when it runs.
    record Command(
            String sql,
            Schema schema,
            Schema parameters,
            boolean isUpdate,
            BiFunction<SqlSession, List<Literal>, QueryResult> run)
            implements PreparedSql {
        /// What these change is the session; tables are changed by others.
        @Override
        public boolean changesSession() {
            return isUpdate;
        }

        @Override
        public QueryResult execute(SqlSession session, List<Literal> values) {
            return run.apply(session, values);
        }
    }

    /// Makes a statement that is understood but that nothing can do yet.
    static PreparedSql unsupported(String sql, String what) {
        return new Command(
                sql,
                UPDATE_SCHEMA,
                new Schema(List.of()),
                true,
                (_, _) -> {
                    throw new NeuralakeException(
                            ErrorCode.UNSUPPORTED,
                            "Not supported yet: " + what + "; this lake can be read only");
                });
    }
}
