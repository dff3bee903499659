/// Window functions over partitions.
@NullMarked
package io.neuralake.exec.operator.window;

import org.jspecify.annotations.NullMarked;
