/// Keeps tables quick to open and free of files that no version needs: checkpoints, checksums, clearing of
/// the log, vacuum.
@NullMarked
package io.neuralake.connector.delta.maintenance;

import org.jspecify.annotations.NullMarked;
