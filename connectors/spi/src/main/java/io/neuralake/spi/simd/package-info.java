/// Detection of CPU vector capabilities.
@NullMarked
package io.neuralake.spi.simd;

import org.jspecify.annotations.NullMarked;
