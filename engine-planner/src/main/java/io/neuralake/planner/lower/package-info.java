/// Relational expressions to physical plans.
@NullMarked
package io.neuralake.planner.lower;

import org.jspecify.annotations.NullMarked;
