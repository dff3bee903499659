/// Predicates that a scan may use to skip data.
@NullMarked
package io.neuralake.spi.expression;

import org.jspecify.annotations.NullMarked;
