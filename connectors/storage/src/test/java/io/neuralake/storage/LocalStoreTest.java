package io.neuralake.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/// Listings and stamps of local folders. The folder's time is set back, so that a change shows
/// however coarse the clock of the file system is.
@DisabledOnOs(OS.WINDOWS)
class LocalStoreTest {
    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

    @TempDir Path folder;

    /// A store to whose clock all that was written until now is an hour old.
    private final LocalStore later =
            new LocalStore(InstantSource.offset(InstantSource.system(), Duration.ofHours(1)));

    @BeforeEach
    void writeAFile() throws IOException {
        Files.writeString(folder.resolve("a.parquet"), "");
        Files.setLastModifiedTime(folder, LONG_AGO);
    }

    @Test
    void stampStaysAsLongAsNothingChanges() throws IOException {
        FolderListing listing = later.list(folder.toString());
        assertThat(listing.children()).extracting(StoredEntry::name).containsExactly("a.parquet");
        assertThat(listing.stamp()).isPresent().isEqualTo(later.stamp(folder.toString()));
        Files.writeString(folder.resolve("a.parquet"), "longer");
        assertThat(later.stamp(folder.toString())).isEqualTo(listing.stamp());
    }

    @Test
    void stampChangesWithEntries() throws IOException {
        FolderListing listing = later.list(folder.toString());
        Files.writeString(folder.resolve("b.parquet"), "");
        assertThat(later.stamp(folder.toString())).isPresent().isNotEqualTo(listing.stamp());
    }

    @Test
    void folderThatChangedJustNowHasNoStamp() {
        // The time of the change cannot be set back.
        FolderListing listing = new LocalStore().list(folder.toString());
        assertThat(listing.children()).hasSize(1);
        assertThat(listing.stamp()).isEmpty();
    }

    @Test
    void folderThatWasReplacedHasAnotherStamp() throws IOException {
        Path child = Files.createDirectory(folder.resolve("child"));
        Files.setLastModifiedTime(child, LONG_AGO);
        FolderListing listing = later.list(child.toString());
        Files.move(child, folder.resolve("moved"));
        Files.createDirectory(child);
        Files.setLastModifiedTime(child, LONG_AGO);
        assertThat(later.stamp(child.toString())).isPresent().isNotEqualTo(listing.stamp());
    }

    @Test
    void folderWithLinksHasNoStamp() throws IOException {
        Files.createSymbolicLink(folder.resolve("link.parquet"), folder.resolve("absent"));
        Files.setLastModifiedTime(folder, LONG_AGO);
        FolderListing listing = later.list(folder.toString());
        assertThat(listing.children()).hasSize(1);
        assertThat(listing.stamp()).isEmpty();
    }

    @Test
    void absentFolderIsEmpty() {
        String absent = folder.resolve("absent").toString();
        assertThat(later.list(absent)).isEqualTo(new FolderListing(List.of(), later.stamp(absent)));
        assertThat(later.stamp(absent)).isEmpty();
    }
}
