/// Stock clients against a running server: JDBC in a JVM of its own, ADBC in Python.
@NullMarked
package io.neuralake.conformance.client;

import org.jspecify.annotations.NullMarked;
