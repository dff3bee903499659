/// Tests.
@NullMarked
package io.neuralake.connector.delta.log;

import org.jspecify.annotations.NullMarked;
