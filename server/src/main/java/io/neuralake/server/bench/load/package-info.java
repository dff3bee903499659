/// Puts a server under load by many clients and measures how long each waits.
@NullMarked
package io.neuralake.server.bench.load;

import org.jspecify.annotations.NullMarked;
