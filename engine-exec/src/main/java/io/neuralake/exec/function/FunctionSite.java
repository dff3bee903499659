package io.neuralake.exec.function;

import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/// What is known of a call before it runs.
///
/// @param name the function's canonical name
/// @param argumentTypes types after coercion
/// @param resultType the type that the plan expects
/// @param constants for each argument its value when it is constant
/// @param zoneId the session's time zone
/// @param now the statement's time
public record FunctionSite(
        String name,
        List<Type> argumentTypes,
        Type resultType,
        List<Optional<Constant>> constants,
        ZoneId zoneId,
        Instant now) {
    /// Copies the lists.
    public FunctionSite {
        argumentTypes = List.copyOf(argumentTypes);
        constants = List.copyOf(constants);
    }

    /// A constant argument in the Java form of its type; null for NULL.
    public record Constant(@Nullable Object value) {}

    /// Returns an argument's type.
    public Type argumentType(int index) {
        return argumentTypes.get(index);
    }

    /// Returns the text of a constant argument that is not null.
    public Optional<String> constantText(int index) {
        return index < constants.size()
                ? constants.get(index).map(Constant::value).map(Object::toString)
                : Optional.empty();
    }

    /// Returns the number of arguments.
    public int arity() {
        return argumentTypes.size();
    }
}
