/// Reads a version of a table: files that statistics and partitions leave, their columns and their
/// deleted rows.
@NullMarked
package io.neuralake.connector.delta.scan;

import org.jspecify.annotations.NullMarked;
