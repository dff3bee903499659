/// SQL text to physical plan, and the one entry to both: [SqlEngine].
@NullMarked
package io.neuralake.planner;

import org.jspecify.annotations.NullMarked;
