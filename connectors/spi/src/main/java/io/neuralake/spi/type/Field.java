package io.neuralake.spi.type;

/// A named column or struct member.
///
/// @param nullable false promises that no value is null
public record Field(String name, Type type, boolean nullable) {
    /// Makes a nullable field.
    public static Field of(String name, Type type) {
        return new Field(name, type, true);
    }
}
