/// The engine of Delta Kernel on this project's storage and Parquet reader: what the kernel reads of
/// a table's log comes through here. Values are Java objects, since logs are small.
@NullMarked
package io.neuralake.connector.delta.engine;

import org.jspecify.annotations.NullMarked;
