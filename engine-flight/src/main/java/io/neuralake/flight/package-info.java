/// The Arrow Flight SQL server.
@NullMarked
package io.neuralake.flight;

import org.jspecify.annotations.NullMarked;
