/// Runs statements, embedded or against a server, for the command line.
@NullMarked
package io.neuralake.server.sql;

import org.jspecify.annotations.NullMarked;
