package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.FileKey;
import io.neuralake.connector.delta.log.FilePath;
import io.neuralake.connector.delta.log.LogAction;
import io.neuralake.connector.delta.log.TableMetadata;
import io.neuralake.connector.delta.schema.TableSchema;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.util.List;
import java.util.Set;

/// Decides whether a transaction may be committed behind another that was committed since it began. The rules are those of the
/// reference implementation, so that programs which share a table agree, with two exceptions: a commit that only arranges
/// rows in another way harms nobody who has but read them, nor one of comments and properties that do not concern rows who
/// only changes rows.
///
/// @param metadata the definition when the transaction began
/// @param isolation what the table promises
/// @param reads what was read
/// @param ours what the transaction changes
record ConflictCheck(TableMetadata metadata, Isolation isolation, Reads reads, Ours ours) {
    /// What a transaction has read of the version that it began with.
    interface Reads {
        /// Tells whether a file might have been read, had it been there.
        boolean mayHaveRead(AddFile file, TableSchema schema);

        /// Tells whether a file may have been read.
        boolean hasRead(FileKey key);
    }

    /// How much of what others do a transaction must not have missed.
    enum Isolation {
        /// Versions are as if transactions had run one after the other, in their order.
        SERIALIZABLE("Serializable"),
        /// As if in some order: rows that others only added may be thought of as added later.
        WRITE_SERIALIZABLE("WriteSerializable"),
        /// Nothing that was read matters, as rows do not change.
        SNAPSHOT("SnapshotIsolation");

        private final String text;

        Isolation(String text) {
            this.text = text;
        }

        /// Returns the name that the log has.
        String text() {
            return text;
        }

        static Isolation of(String property) {
            return property.equalsIgnoreCase(WRITE_SERIALIZABLE.text)
                    ? WRITE_SERIALIZABLE
                    : SERIALIZABLE;
        }
    }

    /// What a transaction changes.
    ///
    /// @param redefines whether it changes metadata or protocol
    /// @param applications whose progress it sets
    /// @param domains that it sets
    /// @param removedPaths decoded paths of files that it takes out, or gives other deleted rows
    record Ours(
            boolean redefines,
            Set<String> applications,
            Set<String> domains,
            Set<String> removedPaths) {}

    /// The high-water mark of row identifiers, which is counted on behind the other commit.
    static final String ROW_TRACKING = "delta.rowTracking";

    /// Throws TRANSACTION_CONFLICT if the other commit is in the way.
    ///
    /// @param version of the other commit
    void check(long version, List<LogAction> winner) {
        boolean blind = false;
        for (LogAction action : winner) {
            blind |= action instanceof LogAction.CommitInfo info && info.blindAppend();
        }
        for (LogAction action : winner) {
            switch (action) {
                case LogAction.SetProtocol _ ->
                        throw conflict(version, "it changed what the table asks of writers");
                case LogAction.SetMetadata set -> {
                    if (ours.redefines
                            || !new Redefinition(metadata, set.metadata()).isHarmless()) {
                        throw conflict(version, "it changed the table's definition");
                    }
                }
                case LogAction.SetTransaction set -> {
                    if (ours.applications.contains(set.applicationId())) {
                        throw conflict(
                                version, "it is of the same application: " + set.applicationId());
                    }
                }
                case LogAction.SetDomain set -> {
                    if (!set.domain().equals(ROW_TRACKING) && ours.domains.contains(set.domain())) {
                        throw conflict(version, "it changed the same domain: " + set.domain());
                    }
                }
                case AddFile file -> added(version, file, blind);
                case LogAction.RemoveFile file -> removed(version, file);
                case LogAction.AddCdcFile _, LogAction.CommitInfo _ -> {}
            }
        }
    }

    private void added(long version, AddFile file, boolean blind) {
        boolean matters =
                switch (isolation) {
                    case SERIALIZABLE -> true;
                    case WRITE_SERIALIZABLE -> !blind || ours.redefines;
                    case SNAPSHOT -> false;
                };
        if (matters && file.details().dataChange() && reads.mayHaveRead(file, metadata.schema())) {
            throw conflict(version, "it added rows to what was read");
        }
    }

    private void removed(long version, LogAction.RemoveFile file) {
        if (ours.removedPaths.contains(FilePath.decode(file.path()))) {
            throw conflict(version, "it changed rows of the same file");
        }
        if (isolation != Isolation.SNAPSHOT
                && file.details().dataChange()
                && reads.hasRead(FileKey.of(file.path(), file.deletionVector()))) {
            throw conflict(version, "it removed rows of what was read");
        }
    }

    private static NeuralakeException conflict(long version, String why) {
        return new NeuralakeException(
                ErrorCode.TRANSACTION_CONFLICT,
                "Another transaction was faster: version " + version + ", " + why);
    }
}
