/// Moves state to disk when memory is short: who spills and when, and the files it goes to.
@NullMarked
package io.neuralake.exec.spill;

import org.jspecify.annotations.NullMarked;
