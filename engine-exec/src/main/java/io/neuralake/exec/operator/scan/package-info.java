/// Reads tables through connectors.
@NullMarked
package io.neuralake.exec.operator.scan;

import org.jspecify.annotations.NullMarked;
