package io.neuralake.exec.function;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Describes a scalar function: what it is called, what it accepts and what it returns. The planner
/// registers each signature under its name and its aliases, and always plans a call by `name`.
///
/// @param name canonical name in lower case
/// @param aliases other names, in lower case
/// @param overloads accepted argument lists; the first that accepts the arguments holds
/// @param deterministic false when two calls with equal arguments may differ
/// @param nullPropagating whether a null argument always makes the result null
/// @param description one line for documentation and SHOW FUNCTIONS
public record ScalarSignature(
        String name,
        List<String> aliases,
        List<Overload> overloads,
        boolean deterministic,
        boolean nullPropagating,
        String description) {
    /// Copies the lists.
    public ScalarSignature {
        aliases = List.copyOf(aliases);
        overloads = List.copyOf(overloads);
    }

    /// Accepts any number of arguments, where [#maxArguments] has no bound.
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    /// Derives the result's type from the arguments' types.
    @FunctionalInterface
    public interface ResultRule {
        /// Returns the type. Throws TYPE_MISMATCH when the arguments do not fit together.
        Type apply(List<Type> arguments);
    }

    /// One parameter.
    ///
    /// @param family accepted types
    /// @param coercion the type that the compiler casts the argument to before the call; null to
    ///     leave it
    public record Parameter(TypeFamily family, @Nullable Type coercion) {}

    /// One accepted argument list.
    ///
    /// @param optional how many of the last parameters may be left out
    /// @param variadic whether the last parameter may be repeated
    public record Overload(
            List<Parameter> parameters, int optional, boolean variadic, ResultRule result) {
        /// Copies the list.
        public Overload {
            parameters = List.copyOf(parameters);
        }

        /// Returns the parameter at an argument's position.
        public Parameter parameter(int argument) {
            return parameters.get(Math.min(argument, parameters.size() - 1));
        }

        /// Returns the least number of arguments.
        public int minArguments() {
            return parameters.size() - optional;
        }

        /// Returns the most arguments, [#UNBOUNDED] for any number.
        public int maxArguments() {
            return variadic ? UNBOUNDED : parameters.size();
        }

        /// Tells whether arguments of these types fit.
        public boolean accepts(List<Type> arguments) {
            if (arguments.size() < minArguments() || arguments.size() > maxArguments()) {
                return false;
            }
            for (int i = 0; i < arguments.size(); i++) {
                if (!parameter(i).family().contains(arguments.get(i))) {
                    return false;
                }
            }
            return true;
        }
    }

    /// Returns the least number of arguments of any overload.
    public int minArguments() {
        return overloads.stream().mapToInt(Overload::minArguments).min().orElse(0);
    }

    /// Returns the most arguments of any overload, [#UNBOUNDED] for any number.
    public int maxArguments() {
        return overloads.stream().mapToInt(Overload::maxArguments).max().orElse(0);
    }

    /// Finds the overload for arguments of these types.
    public Optional<Overload> resolve(List<Type> arguments) {
        return overloads.stream().filter(o -> o.accepts(arguments)).findFirst();
    }

    /// Tells whether arguments of these types fit.
    public boolean accepts(List<Type> arguments) {
        return resolve(arguments).isPresent();
    }

    /// Returns the type of a call. Throws TYPE_MISMATCH (42804) when no overload fits.
    public Type resultType(List<Type> arguments) {
        return resolve(arguments)
                .orElseThrow(
                        () ->
                                new NeuralakeException(
                                        ErrorCode.TYPE_MISMATCH,
                                        "Arguments do not fit function "
                                                + name
                                                + ": "
                                                + arguments.stream()
                                                        .map(Type::sql)
                                                        .collect(Collectors.joining(", "))))
                .result()
                .apply(arguments);
    }
}
