/// Writes what changes of Delta tables need: data files with statistics, deletion vectors, change data files.
@NullMarked
package io.neuralake.connector.delta.write;

import org.jspecify.annotations.NullMarked;
