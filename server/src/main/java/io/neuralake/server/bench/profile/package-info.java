/// Says where a program spends its time, as flame graphs.
@NullMarked
package io.neuralake.server.bench.profile;

import org.jspecify.annotations.NullMarked;
