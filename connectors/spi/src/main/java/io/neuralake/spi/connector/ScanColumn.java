package io.neuralake.spi.connector;

import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.type.Type;

/// One output column of a scan.
///
/// @param name the name of the output column
/// @param path the table's column, or a member reached through structs only, which then comes as a
///     column of its own, null where an ancestor is null
/// @param type the type of the output; for structs possibly with fewer members than the table has
public record ScanColumn(String name, ColumnPath path, Type type) {}
