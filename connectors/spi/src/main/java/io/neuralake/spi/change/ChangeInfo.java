package io.neuralake.spi.change;

import java.util.Map;

/// What the table's history says of a change.
///
/// @param parameters of the operation, such as `predicate`, by name; values are texts as a user typed them
/// @param user who asked for it
public record ChangeInfo(ChangeOperation operation, Map<String, String> parameters, String user) {
    /// Copies the map.
    public ChangeInfo {
        parameters = Map.copyOf(parameters);
    }
}
