/// Tests.
@NullUnmarked
package io.neuralake.exec.scheduler;

import org.jspecify.annotations.NullUnmarked;
