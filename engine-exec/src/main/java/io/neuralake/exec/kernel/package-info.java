/// Kernels over columns and their scalar implementations.
@NullMarked
package io.neuralake.exec.kernel;

import org.jspecify.annotations.NullMarked;
