/// Makes data sets: TPC-H, TPC-DS and synthetic neural recordings.
@NullMarked
package io.neuralake.server.generate;

import org.jspecify.annotations.NullMarked;
