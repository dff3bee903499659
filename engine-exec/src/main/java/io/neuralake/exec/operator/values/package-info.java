/// Sources of constant rows and number series.
@NullMarked
package io.neuralake.exec.operator.values;

import org.jspecify.annotations.NullMarked;
