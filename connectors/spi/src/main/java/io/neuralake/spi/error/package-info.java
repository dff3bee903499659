/// The one exception type, its codes and SQLSTATEs.
@NullMarked
package io.neuralake.spi.error;

import org.jspecify.annotations.NullMarked;
