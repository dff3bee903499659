/// What all conformance tests share.
@NullMarked
package io.neuralake.conformance;

import org.jspecify.annotations.NullMarked;
