/// Writes batches as Parquet files through parquet-hadoop.
@NullMarked
package io.neuralake.connector.parquet.write;

import org.jspecify.annotations.NullMarked;
