/// Arrow forms of schemas and batches, for results that leave the process.
@NullMarked
package io.neuralake.spi.arrow;

import org.jspecify.annotations.NullMarked;
