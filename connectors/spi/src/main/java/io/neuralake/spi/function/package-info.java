/// Table functions that produce table snapshots.
@NullMarked
package io.neuralake.spi.function;

import org.jspecify.annotations.NullMarked;
