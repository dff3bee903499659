/// What a table's log says: actions, and the state of the table that they add up to, which follows
/// the log commit by commit.
@NullMarked
package io.neuralake.connector.delta.log;

import org.jspecify.annotations.NullMarked;
