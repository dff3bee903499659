/// Removal of sub-queries, folding of constants and redundant operators.
@NullMarked
package io.neuralake.planner.rule.logical;

import org.jspecify.annotations.NullMarked;
