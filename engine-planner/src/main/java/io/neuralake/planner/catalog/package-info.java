/// Name resolution: tables, files, table functions and the information schema.
@NullMarked
package io.neuralake.planner.catalog;

import org.jspecify.annotations.NullMarked;
