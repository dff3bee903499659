/// What the JMH benchmarks share. A benchmark lies in the package of what it measures, so that it
/// reaches it as the engine does.
@NullMarked
package io.neuralake.benchmarks;

import org.jspecify.annotations.NullMarked;
