/// Tests.
@NullMarked
package io.neuralake.connector.delta.scan;

import org.jspecify.annotations.NullMarked;
