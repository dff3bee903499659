/// Statements between their announcement and their stream.
@NullMarked
package io.neuralake.flight.ticket;

import org.jspecify.annotations.NullMarked;
