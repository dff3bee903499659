/// Columnar batches: buffers, columns, selection and ownership.
@NullMarked
package io.neuralake.spi.batch;

import org.jspecify.annotations.NullMarked;
