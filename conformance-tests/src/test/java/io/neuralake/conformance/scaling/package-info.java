/// A model of how queries scale with the number of cores.
@NullUnmarked
package io.neuralake.conformance.scaling;

import org.jspecify.annotations.NullUnmarked;
