/// SQL types, their physical layout and their Arrow form.
@NullMarked
package io.neuralake.spi.type;

import org.jspecify.annotations.NullMarked;
