/// Tests of sort and top-N.
@NullUnmarked
package io.neuralake.exec.operator.sort;

import org.jspecify.annotations.NullUnmarked;
