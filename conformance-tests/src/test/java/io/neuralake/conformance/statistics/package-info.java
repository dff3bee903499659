/// What ANALYZE keeps in the lake.
@NullMarked
package io.neuralake.conformance.statistics;

import org.jspecify.annotations.NullMarked;
