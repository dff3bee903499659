package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// States that are lists of argument rows, any number a group: spilled as such rows, and added again
/// when they are read.
public interface EntryStates {
    /// Returns the types of the arguments.
    List<Type> entryTypes();

    /// Ends the input and sorts the entries by group; [#firstEntry] and what follows it may be called
    /// then.
    void sortEntries();

    /// Returns the position of a group's first entry; that of the next group is its end.
    int firstEntry(int group);

    /// Returns the entry at a position.
    int entryAt(int position);

    /// Returns the arguments of some entries, which the caller owns.
    ///
    /// @param entries `count` int32
    List<Column> entryColumns(MemorySegment entries, int count, MemoryAllocator allocator);

    /// Adds entries to groups, which exist.
    void addEntries(Column[] arguments, RowSet rows, BatchScratch scratch);
}
