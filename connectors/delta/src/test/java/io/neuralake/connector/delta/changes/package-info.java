/// Tests.
@NullMarked
package io.neuralake.connector.delta.changes;

import org.jspecify.annotations.NullMarked;
