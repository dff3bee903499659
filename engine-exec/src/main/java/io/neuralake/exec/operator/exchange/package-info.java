/// Hands result batches to the reader with back pressure.
@NullMarked
package io.neuralake.exec.operator.exchange;

import org.jspecify.annotations.NullMarked;
