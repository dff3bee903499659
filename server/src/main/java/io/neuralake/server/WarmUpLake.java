package io.neuralake.server;

import io.neuralake.exec.EngineSettings;
import io.neuralake.exec.QueryResult;
import io.neuralake.planner.SqlSession;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.ReadResult;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// A lake that is made to be read: a server's warm-up writes some 2 MB of Delta tables with the encodings that
/// lakes have to a temporary folder, and runs queries over them as users do, by an engine of two workers. So code is
/// compiled that reads files, filters, joins and groups, before the first user waits for it. Belongs to one thread.
final class WarmUpLake implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(WarmUpLake.class.getName());
    private static final String PREFIX = "neuralake-warm-up-";

    /// Far more than the queries take, since engines that are short of memory take other ways.
    private static final long MEMORY_BYTES = 2L << 30;

    /// Far less than all pages: some are found in the cache, others are read, run by run.
    private static final long CACHE_BYTES = 2L << 20;

    /// Several, since one alone shares no join and merges no groups of others. Larger tables are of two
    /// files, so that both have something to do.
    private static final int WORKERS = 2;

    private final Path parent;
    private @Nullable Path folder;
    private @Nullable LakeServer lake;

    /// Makes nothing yet.
    ///
    /// @param parent the folder of temporary folders; those that killed servers have left there go
    WarmUpLake(Path parent) {
        this.parent = parent;
    }

    /// Returns steps that make the lake and run each query some times.
    ///
    /// @param runs of each query, in a row: what waits for the compiler while its calls grow less is dropped
    List<Runnable> steps(int runs) {
        List<Runnable> steps = new ArrayList<>();
        steps.add(this::open);
        for (String table : statements("tables.sql")) {
            steps.add(() -> run(table));
        }
        steps.add(this::addFile);
        for (String query : statements("queries.sql")) {
            for (int i = 0; i < runs; i++) {
                steps.add(() -> run(query));
            }
        }
        return steps;
    }

    private static List<String> statements(String resource) {
        try (InputStream in = WarmUpLake.class.getResourceAsStream("/warm-up/" + resource)) {
            if (in == null) {
                throw new IllegalStateException("No such resource: " + resource);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Stream.of(text.split(";\n")).map(String::strip).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void open() {
        try {
            removeLeftOvers();
            Path made =
                    Files.createTempDirectory(parent, PREFIX + ProcessHandle.current().pid() + "-");
            folder = made;
            EngineSettings settings =
                    new EngineSettings(WORKERS, MEMORY_BYTES).withCacheBytes(CACHE_BYTES);
            lake = LakeServer.open(made.toString(), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Makes a table of a file of another: code that was compiled while all tables were of Delta would be thrown
    /// away when the first file without a log is read.
    private void addFile() {
        Path made = Objects.requireNonNull(folder, "the lake was not made");
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(made.resolve("sites"), "*.parquet")) {
            Files.copy(files.iterator().next(), made.resolve("sites_file.parquet"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run(String statement) {
        LakeServer open = lake;
        if (open == null) {
            throw new IllegalStateException("The lake was not made");
        }
        SqlSession session = new SqlSession("warm-up");
        try (QueryResult result =
                open.sql().prepare(statement, session).atOnce().execute(session, List.of())) {
            while (result.take() instanceof ReadResult.Ready(Batch batch)) {
                batch.close();
            }
        }
    }

    /// Removes the folders of processes that were killed.
    private void removeLeftOvers() throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*-*")) {
            for (Path left : folders) {
                String rest = left.getFileName().toString().substring(PREFIX.length());
                String pid = rest.substring(0, rest.indexOf('-'));
                if (pid.matches("\\d{1,18}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
                    remove(left);
                }
            }
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot remove " + folder, e);
        }
    }

    /// Removes the lake.
    @Override
    public void close() {
        LakeServer open = lake;
        if (open != null) {
            lake = null;
            open.close();
        }
        Path made = folder;
        if (made != null) {
            folder = null;
            remove(made);
        }
    }
}
