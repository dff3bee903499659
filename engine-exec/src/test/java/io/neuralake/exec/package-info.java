/// Tests of the executor.
@NullUnmarked
package io.neuralake.exec;

import org.jspecify.annotations.NullUnmarked;
