/// The physical plan language: sealed records, free of Calcite.
@NullMarked
package io.neuralake.exec.plan;

import org.jspecify.annotations.NullMarked;
