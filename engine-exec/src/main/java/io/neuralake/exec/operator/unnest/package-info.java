/// Repeats rows once an element of their lists.
@NullMarked
package io.neuralake.exec.operator.unnest;

import org.jspecify.annotations.NullMarked;
