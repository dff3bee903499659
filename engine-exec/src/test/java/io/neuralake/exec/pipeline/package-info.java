/// Tests.
@NullUnmarked
package io.neuralake.exec.pipeline;

import org.jspecify.annotations.NullUnmarked;
