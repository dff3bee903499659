/// Allocation of off-heap memory against reservations.
@NullMarked
package io.neuralake.spi.memory;

import org.jspecify.annotations.NullMarked;
