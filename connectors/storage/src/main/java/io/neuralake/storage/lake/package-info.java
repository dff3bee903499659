/// Finds tables in a folder of files, without any definition.
@NullMarked
package io.neuralake.storage.lake;

import org.jspecify.annotations.NullMarked;
