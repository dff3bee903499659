/// Tests of reading and keeping pages.
@NullMarked
package io.neuralake.connector.parquet.page;

import org.jspecify.annotations.NullMarked;
