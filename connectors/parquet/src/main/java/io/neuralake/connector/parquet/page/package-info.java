/// Finds, decompresses and describes the pages of a column chunk.
@NullMarked
package io.neuralake.connector.parquet.page;

import org.jspecify.annotations.NullMarked;
