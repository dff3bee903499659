/// Aggregate and window functions: the catalogue, and accumulators over off-heap group states.
@NullMarked
package io.neuralake.exec.function.aggregate;

import org.jspecify.annotations.NullMarked;
