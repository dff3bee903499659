package io.neuralake.exec.scheduler;

import java.util.List;

/// Divides what one thread has to do at the end of a pipeline among the workers of its query.
public interface WorkSharing {
    /// Runs all pieces on the calling thread.
    WorkSharing ALONE =
            new WorkSharing() {
                @Override
                public int parties() {
                    return 1;
                }

                @Override
                public void run(List<? extends Runnable> pieces) {
                    pieces.forEach(Runnable::run);
                }
            };

    /// Work on fewer rows is done before another thread has begun.
    int LEAST_ROWS = 1 << 16;

    /// Returns what shares work on so many rows.
    default WorkSharing forRows(long rows) {
        return rows < LEAST_ROWS ? ALONE : this;
    }

    /// Returns how many threads there are at most, the caller's included.
    int parties();

    /// Runs pieces on the calling thread and on others that are idle meanwhile, and returns when all have ended. Pieces
    /// must not wait for each other. Throws what the first piece that failed has thrown; others may not have run then.
    void run(List<? extends Runnable> pieces);
}
