package io.neuralake.exec.spill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

class SpillFolderTest {
    @TempDir private Path root;

    private SpillFolder open() {
        return new SpillFolder(new SpillSettings(root.resolve("spill"), Long.MAX_VALUE, false));
    }

    private List<Path> processFolders() throws IOException {
        try (Stream<Path> all = Files.list(root.resolve("spill"))) {
            return all.filter(Files::isDirectory).toList();
        }
    }

    @Test
    void makesNothingBeforeItIsNeeded() {
        open().close();
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void closingRemovesTheFolderWithItsFiles() throws IOException {
        SpillFolder folder = open();
        folder.newFile();
        folder.newFile();
        assertThat(processFolders()).hasSize(1);
        folder.close();
        folder.close();
        assertThat(processFolders()).isEmpty();
    }

    @Test
    void openingRemovesFoldersOfDeadProcesses() throws IOException {
        Path dead = Files.createDirectories(root.resolve("spill/process-1-dead"));
        Files.writeString(dead.resolve("lock"), "");
        Files.writeString(dead.resolve("spill-1"), "left behind");
        Path barelyBorn = Files.createDirectories(root.resolve("spill/process-2-dead"));
        Path foreign = Files.createDirectories(root.resolve("spill/mine"));
        try (SpillFolder _ = open()) {
            assertThat(dead).doesNotExist();
            assertThat(barelyBorn).doesNotExist();
            assertThat(foreign).exists();
        }
    }

    @Test
    void openingKeepsFoldersOfThisProcess() throws IOException {
        try (SpillFolder first = open()) {
            Path file = first.newFile();
            try (SpillFolder second = open()) {
                second.newFile();
                assertThat(processFolders()).hasSize(2);
            }
            assertThat(file).exists();
            assertThat(processFolders()).hasSize(1);
        }
    }

    @Test
    void openingKeepsFoldersOfOtherProcesses() throws Exception {
        Path alive = Files.createDirectories(root.resolve("spill/process-3-alive"));
        Path lock = alive.resolve("lock");
        Files.writeString(lock, "");
        Process other = LockHolder.start(lock);
        try {
            open().close();
            assertThat(alive).exists();
        } finally {
            other.destroyForcibly().waitFor();
        }
        open().close();
        assertThat(alive).doesNotExist();
    }

    /// Another process that holds a lock until it is killed.
    static final class LockHolder {
        private LockHolder() {}

        static Process start(Path lock) throws IOException {
            Process process =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    LockHolder.class.getName(),
                                    lock.toString())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            assertThat(process.inputReader().readLine()).isEqualTo("locked");
            return process;
        }

        public static void main(String[] arguments) throws IOException {
            try (FileChannel channel =
                            FileChannel.open(Path.of(arguments[0]), StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                System.out.println("locked");
                System.in.read();
            }
        }
    }

    @Test
    void foldersThatCannotBeMadeAreStorageErrors() throws IOException {
        Files.writeString(root.resolve("file"), "");
        SpillSettings settings =
                new SpillSettings(root.resolve("file/spill"), Long.MAX_VALUE, false);
        try (SpillFolder folder = new SpillFolder(settings)) {
            assertThatThrownBy(folder::newFile)
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_ERROR));
        }
    }
}
