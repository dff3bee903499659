/// Makes data sets: TPC-H and synthetic neural recordings.
@NullMarked
package io.neuralake.server.generate;

import org.jspecify.annotations.NullMarked;
