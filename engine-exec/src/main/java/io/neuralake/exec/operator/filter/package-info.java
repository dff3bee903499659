/// Keeps rows for which a predicate is TRUE.
@NullMarked
package io.neuralake.exec.operator.filter;

import org.jspecify.annotations.NullMarked;
