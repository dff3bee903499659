package io.neuralake.spi.change;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableVersion;

/// The change of one statement. What is done with it becomes part of the transaction by [#stage], or not
/// at all. Used by one thread at a time.
public interface TableChange extends AutoCloseable {
    /// Returns the table as the statement reads it. What is read of it through its connector is noted, so that the
    /// commit finds out whether others have changed that.
    TableSnapshot snapshot();

    /// Returns the same table with more columns behind the others, the addresses of its rows: [RowAddress#FILE] and
    /// [RowAddress#ROW], and if the table keeps identifiers of rows [RowAddress#ID] and [RowAddress#VERSION].
    TableSnapshot addressed();

    /// Changes the definition. Throws COLUMN_NOT_FOUND, DUPLICATE_NAME, UNSUPPORTED, INVALID_PARAMETER. New rows have to be appended
    /// by the new definition.
    void alter(TableAlteration alteration);

    /// Adds the selected rows of a batch, which stays the caller's. Its columns are those of the table in
    /// order. Throws NOT_NULL_VIOLATION (23502), STORAGE_ERROR, DISK_FULL.
    void append(Batch rows);

    /// Removes rows. The batch stays the caller's.
    ///
    /// @param addresses first column [RowAddress#FILE], second [RowAddress#ROW]; rows where the first is null are left out
    /// @return how many of them this change had removed already: more than 0 if several
    ///     source rows of a MERGE have found the same target row
    long delete(Batch addresses);

    /// Removes rows, and adds others which are what has become of them: an update, and no removal and addition, for
    /// who follows the table's changes. Throws as [#append].
    ///
    /// @param addresses columns of [RowAddress] in their order, the first two at least and the third if the table has it;
    ///     stays the caller's
    /// @param rows as many rows; the selected ones come, in the place of that with the address beside them, or as new
    ///     ones if it is null. Stays the caller's
    /// @return as [#delete]
    long replace(Batch addresses, Batch rows);

    /// Removes all rows that the table had when the change began.
    ///
    /// @return how many; -1 if the table does not tell without being read
    long deleteAll();

    /// Makes the table what it was in an older version.
    void restore(TableVersion version);

    /// Divides files that are too small, or have many deleted rows, into groups, each of which can be
    /// written anew as few files. See [Compaction].
    Compaction compaction(CompactionOptions options);

    /// Makes the change part of the transaction.
    void stage();

    /// Undoes a change that was not staged; idempotent.
    @Override
    void close();
}
