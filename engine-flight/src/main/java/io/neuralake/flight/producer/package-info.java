/// The producer: dispatches calls to the handlers of command families.
@NullMarked
package io.neuralake.flight.producer;

import org.jspecify.annotations.NullMarked;
