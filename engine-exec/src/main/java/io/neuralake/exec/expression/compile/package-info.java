/// Compiles row expressions into evaluators of batches.
@NullMarked
package io.neuralake.exec.expression.compile;

import org.jspecify.annotations.NullMarked;
