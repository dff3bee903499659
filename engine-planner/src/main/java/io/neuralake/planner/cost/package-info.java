/// Statistics and cardinality estimation.
@NullMarked
package io.neuralake.planner.cost;

import org.jspecify.annotations.NullMarked;
