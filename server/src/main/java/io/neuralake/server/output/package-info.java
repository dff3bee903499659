/// Prints results: tables for people, CSV, JSON, Arrow and Parquet for programs.
@NullMarked
package io.neuralake.server.output;

import org.jspecify.annotations.NullMarked;
