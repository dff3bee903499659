package io.neuralake.spi.change;

import io.neuralake.spi.catalog.QualifiedName;

/// Changes of one table that become visible together, as one version. Used by one thread at a time.
public interface TableTransaction extends AutoCloseable {
    /// Returns the table's name.
    QualifiedName table();

    /// Starts the change of one statement, which reads what the transaction read when it began and what
    /// earlier changes staged since. One at a time.
    TableChange change(ChangeInfo info);

    /// Starts the only change that there will be, as [#change]. Nothing has to be remembered then that later changes
    /// would need.
    TableChange onlyChange(ChangeInfo info);

    /// Says that the transaction is the `version`th of an application, which makes it happen at most
    /// once.
    ///
    /// @return false if a transaction of the application with this version or a later one was committed
    ///     already; then this one need not be committed
    boolean identify(String application, long version);

    /// Commits what is staged, if anything is. Returns when it will survive a crash of machine or process.
    ///
    /// Throws TRANSACTION_CONFLICT (40001) when others have changed what was read: nothing has changed,
    /// and the statements may be run again on a newer snapshot. Throws COMMIT_UNKNOWN (40003) when it could not be found
    /// out whether it was committed.
    ///
    /// @return the table's version of now; the one it began with if nothing was staged
    long commit();

    /// Undoes what was not committed; idempotent.
    @Override
    void close();
}
