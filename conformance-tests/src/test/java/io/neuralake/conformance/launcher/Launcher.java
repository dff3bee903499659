package io.neuralake.conformance.launcher;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

/// A copy of `./neuralake` in a folder of its own, with a distribution of the classes under test that
/// is newer than all sources, so that nothing is built.
final class Launcher {
    private static final long LIMIT_SECONDS = 1500;

    private final Path root;

    /// How a run ended.
    record Run(int exitCode, String output, String errors) {}

    private Launcher(Path root) {
        this.root = root;
    }

    /// Sets one up in a folder, which is emptied before.
    static Launcher in(Path root) throws IOException {
        if (Files.exists(root)) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(root);
        Path script = root.resolve("neuralake");
        Files.copy(Path.of("..", "neuralake"), script);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path lib = Files.createDirectories(root.resolve("server/target/dist/lib"));
        int number = 0;
        for (String entry : System.getProperty("java.class.path").split(":")) {
            Path source = Path.of(entry);
            Path target = lib.resolve(String.format("%03d-%s.jar", number++, source.getFileName()));
            if (Files.isDirectory(source)) {
                jar(source, target);
            } else if (Files.exists(source)) {
                Files.createSymbolicLink(target, source.toAbsolutePath());
            }
        }
        Files.createFile(root.resolve("server/target/dist/stamp"));
        return new Launcher(root);
    }

    /// Makes a distribution of the benchmarks whose JMH is of this source.
    void makeBenchmarks(String source) throws IOException {
        Path classes = Files.createDirectories(root.resolve("jmh"));
        Path file = Files.writeString(classes.resolve("Main.java"), source);
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-d", classes.toString(), file.toString());
        if (status != 0) {
            throw new IllegalStateException("Does not compile: " + source);
        }
        Path dist = root.resolve("benchmarks/target/dist");
        jar(classes, Files.createDirectories(dist.resolve("lib")).resolve("jmh.jar"));
        Files.createFile(dist.resolve("stamp"));
    }

    private static void jar(Path folder, Path target) throws IOException {
        try (OutputStream out = Files.newOutputStream(target);
                JarOutputStream jar = new JarOutputStream(out);
                Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(new JarEntry(folder.relativize(file).toString()));
                Files.copy(file, jar);
            }
        }
    }

    /// Returns the files of the distribution with an ending.
    List<Path> files(String ending) throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("server/target/dist"))) {
            return files.filter(file -> file.toString().endsWith(ending)).toList();
        }
    }

    /// Returns the caches of a kind of command, `once` or `serve`.
    List<Path> caches(String kind) throws IOException {
        return files(".aot").stream()
                .filter(file -> file.getFileName().toString().startsWith(kind + "-"))
                .toList();
    }

    /// Makes a JDK whose `java` fails where it is asked to record a cache.
    Path jdkThatCannotTrain() throws IOException {
        Path real = Path.of(System.getProperty("java.home"));
        Path jdk = Files.createDirectories(root.resolve("jdk/bin")).getParent();
        link(real, jdk, "bin");
        link(real.resolve("bin"), jdk.resolve("bin"), "java");
        Path java = jdk.resolve("bin/java");
        Files.writeString(
                java,
                "#!/bin/sh\ncase \"$*\" in *AOTCacheOutput*) exit 1 ;; esac\nexec '"
                        + real.resolve("bin/java")
                        + "' \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return jdk;
    }

    private static void link(Path from, Path to, String except) {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                if (!file.getFileName().toString().equals(except)) {
                    Files.createSymbolicLink(to.resolve(file.getFileName()), file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Runs a command to its end, with a time limit.
    Run run(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        return run(environment, process -> {}, arguments);
    }

    /// Runs a command until its output begins with a text, and then tells it to end.
    Run runUntil(String text, String... arguments) throws IOException, InterruptedException {
        return runUntil(started -> Files.readString(started.output()).startsWith(text), arguments);
    }

    /// Runs a command until a condition holds, and then tells it to end.
    Run runUntil(Condition condition, String... arguments)
            throws IOException, InterruptedException {
        return run(
                Map.of(),
                started -> {
                    while (started.process().isAlive() && !condition.holds(started)) {
                        started.process().waitFor(20, TimeUnit.MILLISECONDS);
                    }
                    started.process().destroy();
                },
                arguments);
    }

    /// A process that runs, and the file of what it has printed so far.
    record Started(Process process, Path output) {}

    /// Looks at a process.
    interface Condition {
        boolean holds(Started started) throws IOException;
    }

    private interface Watcher {
        void watch(Started started) throws IOException, InterruptedException;
    }

    private Run run(Map<String, String> environment, Watcher watcher, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(root.resolve("neuralake").toString()));
        command.addAll(Arrays.asList(arguments));
        Path output = Files.createTempFile(root, "run", ".out");
        Path errors = Files.createTempFile(root, "run", ".err");
        ProcessBuilder builder = new ProcessBuilder(command).directory(root.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("NEURALAKE_"));
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().put("NEURALAKE_JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        builder.redirectOutput(output.toFile()).redirectError(errors.toFile());
        Process process = builder.start();
        try {
            watcher.watch(new Started(process, output));
            boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            return new Run(
                    ended ? process.exitValue() : -1,
                    Files.readString(output),
                    Files.readString(errors));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }
}
