/// Moves rows between columns: gathering, flattening, compacting, and collecting batches into
/// contiguous columns.
@NullMarked
package io.neuralake.exec.row;

import org.jspecify.annotations.NullMarked;
