/// Decodes pages into columns.
@NullMarked
package io.neuralake.connector.parquet.decode;

import org.jspecify.annotations.NullMarked;
