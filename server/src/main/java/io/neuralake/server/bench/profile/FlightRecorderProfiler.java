package io.neuralake.server.bench.profile;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Samples with Java's Flight Recorder. It sees Java code alone: neither decompression in native
/// libraries nor compilers and collector.
final class FlightRecorderProfiler implements Profiler {
    private static final String SAMPLE = "jdk.ExecutionSample";
    private static final Duration INTERVAL = Duration.ofMillis(10);

    private @Nullable Recording recording;

    @Override
    public String description() {
        return "JFR, Java code only";
    }

    @Override
    public void start() {
        Recording started = new Recording();
        started.enable(SAMPLE).withPeriod(INTERVAL);
        started.start();
        recording = started;
    }

    @Override
    public void stop(Path file) {
        Recording running = recording;
        if (running == null) {
            throw new IllegalStateException("Was not started");
        }
        recording = null;
        try (running) {
            running.stop();
            FlameGraph graph = graph(running);
            if (Profiler.folded(file)) {
                graph.writeFolded(file);
            } else {
                graph.writeHtml(file);
            }
        } catch (IOException e) {
            throw new NeuralakeException(
                    ErrorCode.STORAGE_ERROR, "Cannot write a profile: " + file, e);
        }
    }

    private static FlameGraph graph(Recording recording) throws IOException {
        Path raw = Files.createTempFile("neuralake-profile", ".jfr");
        try {
            recording.dump(raw);
            FlameGraph graph = new FlameGraph();
            try (RecordingFile events = new RecordingFile(raw)) {
                while (events.hasMoreEvents()) {
                    RecordedEvent event = events.readEvent();
                    RecordedStackTrace stack = event.getStackTrace();
                    if (stack != null && event.getEventType().getName().equals(SAMPLE)) {
                        graph.add(names(stack));
                    }
                }
            }
            return graph;
        } finally {
            Files.deleteIfExists(raw);
        }
    }

    /// Returns the methods of a stack, the outermost first.
    private static List<String> names(RecordedStackTrace stack) {
        List<String> names = new ArrayList<>();
        for (RecordedFrame frame : stack.getFrames().reversed()) {
            names.add(frame.getMethod().getType().getName() + "." + frame.getMethod().getName());
        }
        return names;
    }
}
