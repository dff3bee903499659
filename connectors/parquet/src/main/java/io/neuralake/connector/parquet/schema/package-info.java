/// Maps Parquet schemas to SQL types.
@NullMarked
package io.neuralake.connector.parquet.schema;

import org.jspecify.annotations.NullMarked;
