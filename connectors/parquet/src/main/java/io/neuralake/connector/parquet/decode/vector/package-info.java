/// Decodes with the Vector API.
@NullMarked
package io.neuralake.connector.parquet.decode.vector;

import org.jspecify.annotations.NullMarked;
