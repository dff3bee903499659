/// The command line: one class a command.
@NullMarked
package io.neuralake.server.cli;

import org.jspecify.annotations.NullMarked;
