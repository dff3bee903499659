/// Tests.
@NullUnmarked
package io.neuralake.exec.operator.recursion;

import org.jspecify.annotations.NullUnmarked;
