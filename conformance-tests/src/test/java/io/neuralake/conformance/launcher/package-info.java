/// The shell script that starts everything.
@NullMarked
package io.neuralake.conformance.launcher;

import org.jspecify.annotations.NullMarked;
