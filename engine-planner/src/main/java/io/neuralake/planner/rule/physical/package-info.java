/// Common sub-plans and dynamic filters.
@NullMarked
package io.neuralake.planner.rule.physical;

import org.jspecify.annotations.NullMarked;
