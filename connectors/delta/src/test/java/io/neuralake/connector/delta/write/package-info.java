/// Tests of writing files of Delta tables.
@NullMarked
package io.neuralake.connector.delta.write;

import org.jspecify.annotations.NullMarked;
