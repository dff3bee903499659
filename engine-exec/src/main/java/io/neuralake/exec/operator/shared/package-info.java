/// Materializes common sub-plans.
@NullMarked
package io.neuralake.exec.operator.shared;

import org.jspecify.annotations.NullMarked;
