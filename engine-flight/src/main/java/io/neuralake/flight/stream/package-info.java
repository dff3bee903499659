/// Streams results as the client takes them.
@NullMarked
package io.neuralake.flight.stream;

import org.jspecify.annotations.NullMarked;
