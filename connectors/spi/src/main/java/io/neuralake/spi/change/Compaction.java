package io.neuralake.spi.change;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.catalog.TableSnapshot;

import java.util.List;

/// Files that are written anew without changing what the table holds. Used by one thread at a time.
public interface Compaction {
    /// Returns the groups of files, each a table of their rows.
    List<TableSnapshot> groups();

    /// Returns the columns by whose values a group's rows shall lie together; empty to keep their order.
    List<String> orderBy();

    /// Adds the selected rows of a batch, which stays the caller's, to what replaces a group.
    void append(int group, Batch rows);

    /// Replaces the files of a group by what was appended, all its rows.
    void replace(int group);

    /// Returns what was done so far; once the transaction is committed, without the groups that it let be, since
    /// another has changed files of them.
    Result result();

    /// Tells whether the transaction, once it is committed, has let groups be which were replaced.
    boolean isPartial();

    /// Counts of files and their bytes.
    record Result(long filesRemoved, long bytesRemoved, long filesAdded, long bytesAdded) {}
}
