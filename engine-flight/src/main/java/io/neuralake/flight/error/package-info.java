/// The one mapper from errors to Flight statuses.
@NullMarked
package io.neuralake.flight.error;

import org.jspecify.annotations.NullMarked;
