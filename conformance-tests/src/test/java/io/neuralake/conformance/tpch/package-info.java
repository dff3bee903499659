/// TPC-H, every answer compared with DuckDB in the same run.
@NullMarked
package io.neuralake.conformance.tpch;

import org.jspecify.annotations.NullMarked;
