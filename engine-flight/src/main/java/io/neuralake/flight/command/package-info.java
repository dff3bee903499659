/// One handler class a family of commands.
@NullMarked
package io.neuralake.flight.command;

import org.jspecify.annotations.NullMarked;
