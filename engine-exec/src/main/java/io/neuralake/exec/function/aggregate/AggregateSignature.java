package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.type.Type;

import java.util.List;
import java.util.function.Function;

/// Describes an aggregate or window function, so that the planner can register and type it.
///
/// A call has arguments (columns), then constants. `resultRule` gets the types of both, in order.
///
/// @param name canonical lower-case name, as in the physical plan
/// @param aliases other names by which SQL may call it
/// @param arguments families of the column arguments
/// @param requiredArguments how many of them must be given
/// @param constants families of the constant arguments that follow
/// @param requiredConstants how many of them must be given
/// @param orderSensitive whether ORDER BY inside the call (or WITHIN GROUP) matters
/// @param withinGroup whether SQL may pass the argument as `WITHIN GROUP (ORDER BY argument)`
/// @param skipsNulls whether rows with a null argument are left out; then null for no rows
/// @param resultRule type of the result
public record AggregateSignature(
        String name,
        List<String> aliases,
        List<ArgumentFamily> arguments,
        int requiredArguments,
        List<ArgumentFamily> constants,
        int requiredConstants,
        boolean orderSensitive,
        boolean withinGroup,
        boolean skipsNulls,
        Function<List<Type>, Type> resultRule) {
    /// Copies the lists.
    public AggregateSignature {
        aliases = List.copyOf(aliases);
        arguments = List.copyOf(arguments);
        constants = List.copyOf(constants);
    }

    /// Returns the type of the result for arguments and constants of these types.
    public Type resultType(List<Type> types) {
        return resultRule.apply(types);
    }

    static AggregateSignature of(
            String name, Function<List<Type>, Type> resultRule, ArgumentFamily... arguments) {
        return new AggregateSignature(
                name,
                List.of(),
                List.of(arguments),
                arguments.length,
                List.of(),
                0,
                false,
                false,
                true,
                resultRule);
    }

    AggregateSignature alias(String... names) {
        return new AggregateSignature(
                name,
                List.of(names),
                arguments,
                requiredArguments,
                constants,
                requiredConstants,
                orderSensitive,
                withinGroup,
                skipsNulls,
                resultRule);
    }

    AggregateSignature withConstants(int required, ArgumentFamily... families) {
        return new AggregateSignature(
                name,
                aliases,
                arguments,
                requiredArguments,
                List.of(families),
                required,
                orderSensitive,
                withinGroup,
                skipsNulls,
                resultRule);
    }

    AggregateSignature requiring(int required) {
        return new AggregateSignature(
                name,
                aliases,
                arguments,
                required,
                constants,
                requiredConstants,
                orderSensitive,
                withinGroup,
                skipsNulls,
                resultRule);
    }

    AggregateSignature ordered() {
        return new AggregateSignature(
                name,
                aliases,
                arguments,
                requiredArguments,
                constants,
                requiredConstants,
                true,
                withinGroup,
                skipsNulls,
                resultRule);
    }

    AggregateSignature inGroup() {
        return new AggregateSignature(
                name,
                aliases,
                arguments,
                requiredArguments,
                constants,
                requiredConstants,
                orderSensitive,
                true,
                skipsNulls,
                resultRule);
    }

    AggregateSignature keepingNulls() {
        return new AggregateSignature(
                name,
                aliases,
                arguments,
                requiredArguments,
                constants,
                requiredConstants,
                orderSensitive,
                withinGroup,
                false,
                resultRule);
    }
}
