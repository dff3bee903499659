/// Rewriting passes over relational expressions, in the order of [io.neuralake.planner.rule.NeuralakeRules].
@NullMarked
package io.neuralake.planner.rule;

import org.jspecify.annotations.NullMarked;
