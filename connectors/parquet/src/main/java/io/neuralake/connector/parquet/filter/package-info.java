/// Skips row groups and pages by statistics, dictionaries and bloom filters.
@NullMarked
package io.neuralake.connector.parquet.filter;

import org.jspecify.annotations.NullMarked;
