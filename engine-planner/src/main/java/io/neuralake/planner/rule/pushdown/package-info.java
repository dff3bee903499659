/// Predicates and limits on their way to the scans.
@NullMarked
package io.neuralake.planner.rule.pushdown;

import org.jspecify.annotations.NullMarked;
