/// Tests.
@NullUnmarked
package io.neuralake.exec.memory;

import org.jspecify.annotations.NullUnmarked;
