/// SQL logic tests: `.slt` files run under several configurations.
@NullMarked
package io.neuralake.conformance.sql;

import org.jspecify.annotations.NullMarked;
