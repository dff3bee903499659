package io.neuralake.exec.function.aggregate;

import static io.neuralake.exec.function.aggregate.AggregateSignature.of;
import static io.neuralake.exec.function.aggregate.ArgumentFamily.ANY;
import static io.neuralake.exec.function.aggregate.ArgumentFamily.INTEGER;

import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The catalogue of functions that exist only as window functions. Every aggregate function is a
/// window function, too.
///
/// Further arguments of `ntile`, `lag`, `lead` and `nth_value` may be columns or constants: the
/// constants of a call follow its columns, so that `lag(x, 2, 0)` is one argument and two constants,
/// and `lag(x, n, 0)` two arguments and one constant.
public final class WindowFunctions {
    private static final Function<List<Type>, Type> SAME = types -> types.get(0);
    private static final Function<List<Type>, Type> BIGINT = _ -> ScalarType.BIGINT;
    private static final Function<List<Type>, Type> DOUBLE = _ -> ScalarType.DOUBLE;

    private static final List<AggregateSignature> ALL =
            List.of(
                    of("row_number", BIGINT),
                    of("rank", BIGINT),
                    of("dense_rank", BIGINT),
                    of("percent_rank", DOUBLE),
                    of("cume_dist", DOUBLE),
                    of("ntile", BIGINT, INTEGER),
                    of("lag", SAME, ANY, INTEGER, ANY).requiring(1).keepingNulls(),
                    of("lead", SAME, ANY, INTEGER, ANY).requiring(1).keepingNulls(),
                    of("first_value", SAME, ANY).keepingNulls(),
                    of("last_value", SAME, ANY).keepingNulls(),
                    of("nth_value", SAME, ANY, INTEGER).keepingNulls());

    private static final Map<String, AggregateSignature> BY_NAME = AggregateFunctions.byName(ALL);

    private WindowFunctions() {}

    /// Returns every function that is a window function only.
    public static Collection<AggregateSignature> all() {
        return ALL;
    }

    /// Finds a function by name, ignoring case.
    public static Optional<AggregateSignature> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT)));
    }
}
