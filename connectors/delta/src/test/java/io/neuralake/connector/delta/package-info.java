/// Tests of the Delta connector.
@NullMarked
package io.neuralake.connector.delta;

import org.jspecify.annotations.NullMarked;
