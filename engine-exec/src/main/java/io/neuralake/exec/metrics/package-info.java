/// Counters of operators and the statistics of queries.
@NullMarked
package io.neuralake.exec.metrics;

import org.jspecify.annotations.NullMarked;
