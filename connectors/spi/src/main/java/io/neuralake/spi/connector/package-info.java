/// The contract between the executor and a source of data.
@NullMarked
package io.neuralake.spi.connector;

import org.jspecify.annotations.NullMarked;
