/// Answers of queries whose plans take rewriting, compared with DuckDB.
package io.neuralake.conformance.plan;
