/// Join graphs and the order of joins.
@NullMarked
package io.neuralake.planner.rule.join;

import org.jspecify.annotations.NullMarked;
