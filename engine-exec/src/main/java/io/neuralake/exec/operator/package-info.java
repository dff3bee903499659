/// The contracts of operators: source, streaming, sink. One sub-package a family.
@NullMarked
package io.neuralake.exec.operator;

import org.jspecify.annotations.NullMarked;
