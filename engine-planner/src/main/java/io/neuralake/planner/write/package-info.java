/// Statements that change tables: each becomes a query whose rows are fed to the table's change.
@NullMarked
package io.neuralake.planner.write;

import org.jspecify.annotations.NullMarked;
