/// Sketches of columns: how many distinct values there are, without keeping them.
@NullMarked
package io.neuralake.spi.statistics;

import org.jspecify.annotations.NullMarked;
