/// Tests.
@NullUnmarked
package io.neuralake.exec.operator.unnest;

import org.jspecify.annotations.NullUnmarked;
