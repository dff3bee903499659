/// Tests.
@NullMarked
package io.neuralake.connector.delta.schema;

import org.jspecify.annotations.NullMarked;
