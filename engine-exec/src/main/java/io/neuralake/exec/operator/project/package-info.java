/// Computes columns.
@NullMarked
package io.neuralake.exec.operator.project;

import org.jspecify.annotations.NullMarked;
