/// Hash aggregation: groups, grouping sets, global aggregates and DISTINCT.
@NullMarked
package io.neuralake.exec.operator.aggregate;

import org.jspecify.annotations.NullMarked;
