/// Recursive unions: rounds over a work table.
@NullMarked
package io.neuralake.exec.operator.recursion;

import org.jspecify.annotations.NullMarked;
