/// The executor: runs physical plans on batches of Arrow memory.
@NullMarked
package io.neuralake.exec;

import org.jspecify.annotations.NullMarked;
