/// Tests of changing Delta tables.
@NullMarked
package io.neuralake.connector.delta.commit;

import org.jspecify.annotations.NullMarked;
