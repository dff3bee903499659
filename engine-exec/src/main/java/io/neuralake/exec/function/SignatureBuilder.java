package io.neuralake.exec.function;

import io.neuralake.exec.function.ScalarSignature.Overload;
import io.neuralake.exec.function.ScalarSignature.Parameter;
import io.neuralake.exec.function.ScalarSignature.ResultRule;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.util.ArrayList;
import java.util.List;

/// Writes signatures down in one line each.
final class SignatureBuilder {
    static final Parameter ANY = new Parameter(TypeFamily.ANY, null);
    static final Parameter BOOLEAN = new Parameter(TypeFamily.BOOLEAN, ScalarType.BOOLEAN);
    static final Parameter NUMERIC = new Parameter(TypeFamily.NUMERIC, null);
    static final Parameter AS_DOUBLE = new Parameter(TypeFamily.NUMERIC, ScalarType.DOUBLE);
    static final Parameter AS_BIGINT = new Parameter(TypeFamily.INTEGER, ScalarType.BIGINT);
    static final Parameter TEXT = new Parameter(TypeFamily.TEXT, ScalarType.VARCHAR);
    static final Parameter AS_TEXT = new Parameter(TypeFamily.ANY, ScalarType.VARCHAR);
    static final Parameter BYTES = new Parameter(TypeFamily.BYTES, null);
    static final Parameter DATETIME = new Parameter(TypeFamily.DATETIME, null);
    static final Parameter LIST = new Parameter(TypeFamily.LIST, null);
    static final Parameter MAP = new Parameter(TypeFamily.MAP, null);
    static final Parameter STRUCT = new Parameter(TypeFamily.STRUCT, null);
    static final Parameter INTERVAL = new Parameter(TypeFamily.INTERVAL, null);
    static final Parameter DATE = new Parameter(TypeFamily.DATE, null);
    static final Parameter TIMESTAMP = new Parameter(TypeFamily.TIMESTAMP, null);
    static final Parameter TIME = new Parameter(TypeFamily.TIME, null);

    private final String name;
    private final List<String> aliases = new ArrayList<>();
    private final List<Overload> overloads = new ArrayList<>();
    private boolean deterministic = true;
    private boolean nullPropagating = true;

    private SignatureBuilder(String name) {
        this.name = name;
    }

    static SignatureBuilder function(String name, String... aliases) {
        SignatureBuilder builder = new SignatureBuilder(name);
        builder.aliases.addAll(List.of(aliases));
        return builder;
    }

    /// Returns a rule for a fixed type.
    static ResultRule fixed(Type type) {
        return _ -> type;
    }

    /// Returns the rule for the type of one argument.
    static ResultRule argument(int index) {
        return arguments -> arguments.get(index);
    }

    SignatureBuilder takes(ResultRule result, Parameter... parameters) {
        overloads.add(new Overload(List.of(parameters), 0, false, result));
        return this;
    }

    SignatureBuilder takes(Type result, Parameter... parameters) {
        return takes(fixed(result), parameters);
    }

    /// Adds an overload whose last parameters may be left out.
    SignatureBuilder takesOptional(int optional, ResultRule result, Parameter... parameters) {
        overloads.add(new Overload(List.of(parameters), optional, false, result));
        return this;
    }

    SignatureBuilder takesOptional(int optional, Type result, Parameter... parameters) {
        return takesOptional(optional, fixed(result), parameters);
    }

    /// Adds an overload whose last parameter may be repeated, or left out where `optional` is 1.
    SignatureBuilder takesMany(int optional, ResultRule result, Parameter... parameters) {
        overloads.add(new Overload(List.of(parameters), optional, true, result));
        return this;
    }

    SignatureBuilder volatileResult() {
        deterministic = false;
        return this;
    }

    SignatureBuilder seesNulls() {
        nullPropagating = false;
        return this;
    }

    ScalarSignature says(String description) {
        return new ScalarSignature(
                name, aliases, overloads, deterministic, nullPropagating, description);
    }
}
