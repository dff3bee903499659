/// The catalogue of scalar functions and their implementations.
@NullMarked
package io.neuralake.exec.function;

import org.jspecify.annotations.NullMarked;
