package io.neuralake.server.bench.profile;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;

import javax.management.JMException;
import javax.management.ObjectName;

/// Samples with async-profiler, which sees native code and compilers too. The library is loaded into
/// the running process as an agent, and each command is another load of it.
final class AsyncProfiler implements Profiler {
    private static final String SAMPLE = "event=cpu,interval=1ms";

    private final Path library;

    AsyncProfiler(Path library) {
        this.library = library;
    }

    @Override
    public String description() {
        return "async-profiler, " + library;
    }

    @Override
    public void start() {
        command("start,quiet," + SAMPLE);
    }

    @Override
    public void stop(Path file) {
        String form = Profiler.folded(file) ? "collapsed" : "flamegraph";
        command("stop," + form + ",file=" + file.toAbsolutePath());
    }

    private void command(String options) {
        String answer;
        try {
            answer =
                    (String)
                            ManagementFactory.getPlatformMBeanServer()
                                    .invoke(
                                            new ObjectName(
                                                    "com.sun.management:type=DiagnosticCommand"),
                                            "jvmtiAgentLoad",
                                            new Object[] {
                                                new String[] {
                                                    quoted(library.toString()), quoted(options)
                                                }
                                            },
                                            new String[] {String[].class.getName()});
        } catch (JMException e) {
            throw failed(options, String.valueOf(e.getMessage()), e);
        }
        if (!answer.strip().endsWith("return code: 0")) {
            throw failed(options, answer.strip(), null);
        }
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    private static NeuralakeException failed(
            String options, String message, @org.jspecify.annotations.Nullable Exception cause) {
        return new NeuralakeException(
                ErrorCode.STORAGE_ERROR,
                "async-profiler failed to " + options + ": " + message,
                cause);
    }
}
