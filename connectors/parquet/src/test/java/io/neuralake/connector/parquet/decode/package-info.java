/// Tests of the decoders.
@NullMarked
package io.neuralake.connector.parquet.decode;

import org.jspecify.annotations.NullMarked;
