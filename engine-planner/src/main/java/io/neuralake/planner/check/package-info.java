/// Invariants of physical plans.
@NullMarked
package io.neuralake.planner.check;

import org.jspecify.annotations.NullMarked;
