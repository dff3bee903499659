/// Calcite types, tables and operators of this engine.
@NullMarked
package io.neuralake.planner.rel;

import org.jspecify.annotations.NullMarked;
