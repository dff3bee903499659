package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.LogAction;
import io.neuralake.connector.delta.log.VacuumMarks;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.util.ArrayList;
import java.util.List;

/// Files of older versions that a transaction brings back. Nothing keeps a VACUUM from deleting them until the
/// commit is there, so that one which has begun is in the way.
final class RestoredFiles {
    private final TableAccess access;
    private final List<AddFile> files = new ArrayList<>();

    RestoredFiles(TableAccess access) {
        this.access = access;
    }

    void add(List<AddFile> more) {
        files.addAll(more);
    }

    /// Throws TRANSACTION_CONFLICT if another commit says that files are deleted.
    void check(long version, List<LogAction> winner) {
        if (!files.isEmpty() && VacuumMarks.isVacuum(winner)) {
            throw new NeuralakeException(
                    ErrorCode.TRANSACTION_CONFLICT,
                    "Another transaction was faster: version "
                            + version
                            + ", it deletes files of older versions, which this one would bring"
                            + " back");
        }
    }

    /// Looks, as the last thing before a commit, whether the files are there and stay. A VACUUM that begins later finds
    /// them in the commit, or takes its version. Throws INVALID_PARAMETER.
    ///
    /// @param newest the version before the commit
    void checkPresent(long newest) {
        if (files.isEmpty()) {
            return;
        }
        if (VacuumMarks.isUnderWay(access.log(), newest, access.nowMillis())) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "An older version cannot be restored while VACUUM deletes files: "
                            + access.name()
                            + "; try again when it is done, or, if it was stopped, in "
                            + VacuumMarks.LONGEST.toMinutes()
                            + " minutes");
        }
        String missing = Restoration.missing(access, files);
        if (missing != null) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "An older version cannot be restored, since a file of it was deleted meanwhile:"
                            + " "
                            + missing);
        }
    }
}
