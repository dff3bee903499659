/// Tests of opening files.
@NullMarked
package io.neuralake.connector.parquet.file;

import org.jspecify.annotations.NullMarked;
