package io.neuralake.server.bench;

import io.neuralake.exec.EngineSettings;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Times one statement in a process that has run nothing before, started by the launcher as any `sql`
/// command is, or with the flags of this process where there is no launcher. The time is that of the
/// statement, planning included and the start of Java not.
public final class ColdProcess {
    private static final Pattern TIME = Pattern.compile("time: ([0-9.]+) s");
    private static final String MAIN = "io.neuralake.server.Main";

    private final Path lake;
    private final EngineSettings settings;

    /// Runs over a lake with the workers and the page cache of `settings`.
    public ColdProcess(Path lake, EngineSettings settings) {
        this.lake = lake;
        this.settings = settings;
    }

    /// Returns the milliseconds of a statement.
    public double millis(String sql) {
        List<String> command = new ArrayList<>();
        String launcher = System.getProperty("neuralake.launcher");
        if (launcher != null) {
            command.add(launcher);
        } else {
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
        }
        command.addAll(List.of("sql", "--lake", lake.toString()));
        command.addAll(List.of("--threads", String.valueOf(settings.threads())));
        command.addAll(List.of("--page-cache", String.valueOf(settings.cacheLimitBytes())));
        command.addAll(List.of("--format", "none", "--time", sql));
        String output = output(command);
        Matcher time = TIME.matcher(output);
        if (!time.find()) {
            throw failed(output.strip(), null);
        }
        return Double.parseDouble(time.group(1)) * 1000;
    }

    private static String output(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw failed(String.valueOf(e.getMessage()), e);
        }
    }

    private static NeuralakeException failed(String message, @Nullable IOException cause) {
        return new NeuralakeException(
                ErrorCode.STORAGE_ERROR, "Cannot time a cold process: " + message, cause);
    }
}
