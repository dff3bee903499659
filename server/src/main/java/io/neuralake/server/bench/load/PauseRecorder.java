package io.neuralake.server.bench.load;

import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;

import org.HdrHistogram.Histogram;

import java.time.Duration;

/// Records each time that the JVM stands still, as its own events say: for the collector
/// (`jdk.GCPhasePause`), and for anything at a safepoint, the collector's pauses among them
/// (`jdk.ExecuteVMOperation`). Started and stopped by one thread.
public final class PauseRecorder implements AutoCloseable {
    private static final long MOST_NANOS = 3_600_000_000_000L;
    private static final int DIGITS = 3;

    private final RecordingStream events = new RecordingStream();
    private final Histogram collector = new Histogram(MOST_NANOS, DIGITS);
    private final Histogram safepoints = new Histogram(MOST_NANOS, DIGITS);
    private final long start;
    private double seconds;

    /// Starts to record.
    public PauseRecorder() {
        events.enable("jdk.GCPhasePause").withThreshold(Duration.ZERO);
        events.enable("jdk.ExecuteVMOperation").withThreshold(Duration.ZERO);
        events.onEvent("jdk.GCPhasePause", event -> record(collector, event));
        events.onEvent(
                "jdk.ExecuteVMOperation",
                event -> {
                    if (event.getBoolean("safepoint")) {
                        record(safepoints, event);
                    }
                });
        events.startAsync();
        start = System.nanoTime();
    }

    private static void record(Histogram times, RecordedEvent event) {
        times.recordValue(Math.clamp(event.getDuration().toNanos(), 1, MOST_NANOS));
    }

    /// Ends, and waits for the last events.
    public void stop() {
        seconds = (System.nanoTime() - start) / 1e9;
        events.stop();
    }

    /// Returns the pauses of the collector, after [#stop].
    public Pauses collector() {
        return new Pauses(collector, seconds);
    }

    /// Returns the pauses at safepoints, those of the collector included, after [#stop].
    public Pauses safepoints() {
        return new Pauses(safepoints, seconds);
    }

    @Override
    public void close() {
        events.close();
    }
}
