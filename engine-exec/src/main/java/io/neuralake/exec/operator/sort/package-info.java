/// Sorts rows and finds the first of an order.
@NullMarked
package io.neuralake.exec.operator.sort;

import org.jspecify.annotations.NullMarked;
