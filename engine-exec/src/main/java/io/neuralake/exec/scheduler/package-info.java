/// A fixed pool of workers that runs the tasks of all queries fairly.
@NullMarked
package io.neuralake.exec.scheduler;

import org.jspecify.annotations.NullMarked;
