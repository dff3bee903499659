/// Vector API twins of the kernels in `io.neuralake.exec.kernel`.
@NullMarked
package io.neuralake.exec.kernel.vector;

import org.jspecify.annotations.NullMarked;
