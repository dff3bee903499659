/// Reads what the commits of a table changed: its change data feed.
@NullMarked
package io.neuralake.connector.delta.changes;

import org.jspecify.annotations.NullMarked;
