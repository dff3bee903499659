package io.neuralake.storage;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// A place that holds files under slash-separated paths. Thread-safe. Methods throw STORAGE_ERROR
/// (58030) when the store does not answer as it should.
///
/// What is written survives a crash of process and machine once the method has returned, and nobody sees a part of a
/// file. After STORAGE_ERROR of a writing method it may have happened or not; after DISK_FULL (53100) and
/// PERMISSION_DENIED (42501) it has not. Folders need not be made. A crash may leave files behind whose names begin with
/// [#TEMPORARY_PREFIX]; nobody needs them.
public interface ObjectStore {
    /// Lists what lies directly in a folder; empty when there is no such folder.
    FolderListing list(String folder);

    /// Returns what a folder was when [FolderListing#stamp] equals it: then a listing would be the
    /// same. Empty when there is no such folder, or the store cannot tell. Costs no more than a listing.
    Optional<Object> stamp(String folder);

    /// Lists what lies directly in a folder, ordered by path; empty when there is no such folder.
    default List<StoredEntry> children(String folder) {
        return list(folder).children();
    }

    /// Lists what lies directly in a folder and whose name is at least `first` in the order of UTF-8,
    /// ordered by path; empty when there is no such folder.
    List<StoredEntry> children(String folder, String first);

    /// Looks up one path.
    Optional<StoredEntry> entry(String path);

    /// Reads a whole file. Throws FILE_NOT_FOUND (58P01) when there is none.
    byte[] read(String path);

    /// Reads a part of a file. Throws FILE_NOT_FOUND (58P01) when there is none, CORRUPT_FILE (XX001)
    /// when it ends before.
    ///
    /// @param offset where the part begins
    /// @param bytes its length
    byte[] read(String path, long offset, long bytes);

    /// Opens a part of one version of a file for reading from its beginning to its end; the caller closes the
    /// stream. Where the store can tell that the file was written to since `file` was looked up, it throws
    /// STORAGE_ERROR (58030). The stream ends where the part does, or throws an IOException before.
    ///
    /// @param file with a size; a time of 0 or less stands for a file that nobody writes to once it is there
    /// @param offset where the part begins
    /// @param bytes its length; the part lies within the file
    InputStream open(StoredEntry file, long offset, long bytes);

    /// Begins the names of files that are being written.
    String TEMPORARY_PREFIX = ".tmp-";

    /// Writes a file if there is none of that path: of several writers exactly one succeeds. Alone of all methods it
    /// may want the folder to be there, and throw FILE_NOT_FOUND if it is not: a log that was dropped must not
    /// come back.
    ///
    /// @return whether it was written
    boolean putIfAbsent(String path, byte[] content);

    /// Writes a file, in the place of one that is there.
    void put(String path, byte[] content);

    /// Moves a file of this machine, which has been written to its end, to a path where there is none. The local file
    /// is gone afterwards.
    void upload(Path localFile, String path);

    /// Deletes files. Those that are not there are passed over.
    void delete(Collection<String> paths);

    /// Lists the files in a folder and in those below it, hidden ones too, ordered by path; empty
    /// when there is no such folder.
    List<StoredEntry> allFiles(String folder);

    /// Deletes a folder with all that is in it, also what others write there meanwhile. What is left on the way, or after
    /// a crash, is no table of another kind.
    ///
    /// @return whether there was something
    default boolean deleteFolder(String folder) {
        return FolderDeletion.delete(this, folder);
    }
}
