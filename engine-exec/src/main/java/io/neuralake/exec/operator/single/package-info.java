/// Enforces scalar sub-queries.
@NullMarked
package io.neuralake.exec.operator.single;

import org.jspecify.annotations.NullMarked;
