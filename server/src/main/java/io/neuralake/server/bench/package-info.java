/// Times queries against other engines, side by side in one run.
@NullMarked
package io.neuralake.server.bench;

import org.jspecify.annotations.NullMarked;
