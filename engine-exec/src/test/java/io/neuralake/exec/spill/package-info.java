@NullMarked
package io.neuralake.exec.spill;

import org.jspecify.annotations.NullMarked;
