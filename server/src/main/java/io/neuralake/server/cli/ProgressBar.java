package io.neuralake.server.cli;

import io.neuralake.server.generate.DataSetWriter;

import java.io.PrintStream;
import java.util.Locale;

/// Draws progress on standard error: a bar that moves on a terminal, else one line a finished table.
final class ProgressBar implements DataSetWriter.Progress {
    private static final int WIDTH = 30;
    private static final long REDRAW_NANOS = 100_000_000L;

    private final PrintStream err;
    private final boolean terminal;
    private long lastDrawn = System.nanoTime() - REDRAW_NANOS;

    ProgressBar(PrintStream err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    @Override
    public void report(String table, long rows, long expectedRows, boolean done) {
        long now = System.nanoTime();
        if (!done && (!terminal || now - lastDrawn < REDRAW_NANOS)) {
            return;
        }
        lastDrawn = now;
        if (!terminal) {
            err.printf(Locale.ROOT, "%s: %,d rows%n", table, rows);
            return;
        }
        double part = done ? 1 : Math.min(1, (double) rows / Math.max(1, expectedRows));
        int filled = (int) (part * WIDTH);
        err.printf(
                Locale.ROOT,
                "\r%-14s [%s%s] %3d%% %,d rows%s",
                table,
                "#".repeat(filled),
                " ".repeat(WIDTH - filled),
                (int) (part * 100),
                rows,
                done ? System.lineSeparator() : "");
        err.flush();
    }
}
