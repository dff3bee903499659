/// Keeps a number of rows.
@NullMarked
package io.neuralake.exec.operator.limit;

import org.jspecify.annotations.NullMarked;
