/// Row expressions: sealed records over the columns of an input.
@NullMarked
package io.neuralake.exec.expression;

import org.jspecify.annotations.NullMarked;
