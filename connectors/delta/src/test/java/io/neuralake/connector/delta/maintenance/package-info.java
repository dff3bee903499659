/// Tests.
@NullMarked
package io.neuralake.connector.delta.maintenance;

import org.jspecify.annotations.NullMarked;
