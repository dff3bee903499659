package io.neuralake.exec.expression;

import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// An expression over one input row. Types are settled: operands of comparisons and arithmetic have
/// the types that the function's signature asks for, and casts are explicit, with one exception:
/// numeric comparisons and decimal arithmetic accept decimals of different precision and scale (and
/// integers), and compare and compute exactly.
public sealed interface RowExpression {
    /// Returns the type of the result.
    Type type();

    /// Reads a column of the input.
    record InputRef(int column, Type type) implements RowExpression {}

    /// A constant in the Java form of its type; null for NULL.
    record Literal(@Nullable Object value, Type type) implements RowExpression {
        /// The Boolean TRUE.
        public static final Literal TRUE = new Literal(true, ScalarType.BOOLEAN);

        /// The Boolean FALSE.
        public static final Literal FALSE = new Literal(false, ScalarType.BOOLEAN);
    }

    /// A bound parameter of the statement, counted from 0. Replaced by a constant at execution.
    record Parameter(int index, Type type) implements RowExpression {}

    /// A function of the catalogue (`io.neuralake.exec.function`), by its canonical lower-case name.
    record Call(String function, List<RowExpression> arguments, Type type)
            implements RowExpression {
        /// Copies the list.
        public Call {
            arguments = List.copyOf(arguments);
        }
    }

    /// Three-valued conjunction of two or more parts. An error in a part is raised only for rows on
    /// which no part to the left is FALSE.
    record And(List<RowExpression> parts) implements RowExpression {
        /// Copies the list.
        public And {
            parts = List.copyOf(parts);
        }

        @Override
        public Type type() {
            return ScalarType.BOOLEAN;
        }
    }

    /// Three-valued disjunction of two or more parts; errors as with [And].
    record Or(List<RowExpression> parts) implements RowExpression {
        /// Copies the list.
        public Or {
            parts = List.copyOf(parts);
        }

        @Override
        public Type type() {
            return ScalarType.BOOLEAN;
        }
    }

    /// The first branch whose condition is TRUE, else `otherwise`. Branches are of type `type`.
    /// Errors are raised only for rows that take the branch.
    record Case(List<When> branches, RowExpression otherwise, Type type) implements RowExpression {
        /// Copies the list.
        public Case {
            branches = List.copyOf(branches);
        }
    }

    /// A branch of [Case].
    record When(RowExpression condition, RowExpression result) {}

    /// The first value that is not null. Later ones are not evaluated for rows decided before.
    record Coalesce(List<RowExpression> values, Type type) implements RowExpression {
        /// Copies the list.
        public Coalesce {
            values = List.copyOf(values);
        }
    }

    /// Converts to `type`; with `orNull`, a value that cannot be converted becomes null (TRY_CAST),
    /// else it is an error.
    record Cast(RowExpression value, Type type, boolean orNull) implements RowExpression {}

    /// Tests membership in constants of the value's type, three-valued; NOT IN is `not` around it.
    record In(RowExpression value, List<Literal> candidates) implements RowExpression {
        /// Copies the list.
        public In {
            candidates = List.copyOf(candidates);
        }

        @Override
        public Type type() {
            return ScalarType.BOOLEAN;
        }
    }

    /// Reads member `index` of a struct.
    record Member(RowExpression struct, int index, Type type) implements RowExpression {}
}
