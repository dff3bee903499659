/// The interactive shell, on JLine.
@NullMarked
package io.neuralake.server.repl;

import org.jspecify.annotations.NullMarked;
