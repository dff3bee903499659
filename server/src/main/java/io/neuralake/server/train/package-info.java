/// What a Java process runs to record an AOT cache.
@NullMarked
package io.neuralake.server.train;

import org.jspecify.annotations.NullMarked;
