package io.neuralake.connector.delta.schema;

import java.util.List;

/// A type as the log's schema has it (PROTOCOL.md, "Schema Serialization Format").
public sealed interface LogType {
    /// A type without parts.
    ///
    /// @param name such as `long` or `decimal(10,2)`
    record Primitive(String name) implements LogType {}

    /// Named members.
    record Struct(List<LogField> fields) implements LogType {
        /// Copies the list.
        public Struct {
            fields = List.copyOf(fields);
        }
    }

    /// A list.
    record Array(LogType element, boolean containsNull) implements LogType {}

    /// Pairs of key and value.
    record Mapping(LogType key, LogType value, boolean valueContainsNull) implements LogType {}
}
