package io.neuralake.spi.expression;

import java.util.List;
import java.util.stream.Stream;

/// A condition on one table's columns which a scan may use to skip files, row groups, pages and
/// rows. Rows for which it is not TRUE are not needed; a scan may still return them. Values have the
/// Java form of the column's type (see `io.neuralake.spi.type.Type`) and are not null.
public sealed interface ScanPredicate {
    /// Returns the columns that the condition is about, some perhaps several times.
    default Stream<ColumnPath> columns() {
        return switch (this) {
            case Comparison comparison -> Stream.of(comparison.column());
            case In in -> Stream.of(in.column());
            case NullTest test -> Stream.of(test.column());
            case Prefix prefix -> Stream.of(prefix.column());
            case And and -> and.parts().stream().flatMap(ScanPredicate::columns);
            case Or or -> or.parts().stream().flatMap(ScanPredicate::columns);
        };
    }

    /// Compares a column with a value.
    record Comparison(ColumnPath column, Operator operator, Object value)
            implements ScanPredicate {}

    /// Holds when the column equals one of the values.
    record In(ColumnPath column, List<Object> values) implements ScanPredicate {
        /// Copies the list.
        public In {
            values = List.copyOf(values);
        }
    }

    /// Holds when the column is null, or with `isNull` false when it is not.
    record NullTest(ColumnPath column, boolean isNull) implements ScanPredicate {}

    /// Holds when the string column begins with `prefix`.
    record Prefix(ColumnPath column, String prefix) implements ScanPredicate {}

    /// Holds when all parts hold.
    record And(List<ScanPredicate> parts) implements ScanPredicate {
        /// Copies the list.
        public And {
            parts = List.copyOf(parts);
        }
    }

    /// Holds when one part holds.
    record Or(List<ScanPredicate> parts) implements ScanPredicate {
        /// Copies the list.
        public Or {
            parts = List.copyOf(parts);
        }
    }

    /// Comparison operators.
    enum Operator {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL
    }
}
