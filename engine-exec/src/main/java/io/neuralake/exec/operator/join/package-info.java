/// Joins: by hash of keys, by nested loops, and with the nearest row (ASOF). The build side is
/// collected by a sink and held as one contiguous batch; the probe side streams by.
@NullMarked
package io.neuralake.exec.operator.join;

import org.jspecify.annotations.NullMarked;
