/// Delta tables.
@NullMarked
package io.neuralake.connector.delta;

import org.jspecify.annotations.NullMarked;
