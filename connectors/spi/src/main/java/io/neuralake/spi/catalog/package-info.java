/// Names, schemas, table snapshots and statistics.
@NullMarked
package io.neuralake.spi.catalog;

import org.jspecify.annotations.NullMarked;
