/// The server's memory pool: reservations, Arrow allocators and reuse of buffers.
@NullMarked
package io.neuralake.exec.memory;

import org.jspecify.annotations.NullMarked;
