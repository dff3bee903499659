/// Tests of the writer.
@NullMarked
package io.neuralake.connector.parquet.write;

import org.jspecify.annotations.NullMarked;
