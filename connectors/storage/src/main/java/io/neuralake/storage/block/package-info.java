/// Keeps parts of remote files in memory and on disk, and fetches them ahead of their reading.
@NullMarked
package io.neuralake.storage.block;

import org.jspecify.annotations.NullMarked;
