/// The process: configuration, command line, HTTP side and wiring.
@NullMarked
package io.neuralake.server;

import org.jspecify.annotations.NullMarked;
