/// Parser, dialect and validation.
@NullMarked
package io.neuralake.planner.sql;

import org.jspecify.annotations.NullMarked;
