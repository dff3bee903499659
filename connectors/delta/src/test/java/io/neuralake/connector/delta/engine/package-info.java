/// Tests.
@NullMarked
package io.neuralake.connector.delta.engine;

import org.jspecify.annotations.NullMarked;
