/// Tests of the Parquet connector.
@NullMarked
package io.neuralake.connector.parquet;

import org.jspecify.annotations.NullMarked;
