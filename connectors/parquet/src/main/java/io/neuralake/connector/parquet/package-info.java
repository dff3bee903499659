/// Reads tables of Parquet files: formats, snapshots, splits and sources.
@NullMarked
package io.neuralake.connector.parquet;

import org.jspecify.annotations.NullMarked;
