/// TPC-DS, every answer compared with DuckDB in the same run.
@NullMarked
package io.neuralake.conformance.tpcds;

import org.jspecify.annotations.NullMarked;
