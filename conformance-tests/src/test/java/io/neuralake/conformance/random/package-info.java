/// Random queries, answered by this engine and by DuckDB.
@NullMarked
package io.neuralake.conformance.random;

import org.jspecify.annotations.NullMarked;
