package io.neuralake.conformance.delta;

import io.neuralake.exec.EngineSettings;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// A process of its own which changes the table `t` of a lake. Its last line says `done` and how often it
/// met a conflict and tried again, or `unsupported`.
final class DeltaWriter {
    /// Rows of this writer are counters.
    static final int COUNTER = 0;

    /// Every how many rows a writer increments the counter too.
    static final int PER_INCREMENT = 10;

    private static final long PAUSE_NANOS = 250_000_000;

    private final EmbeddedLake lake;
    private long conflicts;

    private DeltaWriter(EmbeddedLake lake) {
        this.lake = lake;
    }

    /// Arguments: the [lake][LakePlace]; then `insert`, the writer's number and a count of rows; or another
    /// statement, and a file until whose existence it is repeated.
    public static void main(String[] arguments) {
        List<String> task = List.of(arguments).subList(LakePlace.ARGUMENTS, arguments.length);
        EngineSettings small =
                EngineSettings.defaults().withThreads(1).withMemoryLimitBytes(64L << 20);
        try (EmbeddedLake lake = new EmbeddedLake(LakePlace.parse(arguments), small)) {
            DeltaWriter writer = new DeltaWriter(lake);
            if (task.getFirst().equals("insert")) {
                writer.insert(Integer.parseInt(task.get(1)), Integer.parseInt(task.get(2)));
            } else {
                writer.repeat(task.getFirst(), Path.of(task.get(1)));
            }
            System.out.println("done " + writer.conflicts);
        } catch (NeuralakeException e) {
            if (e.code() != ErrorCode.UNSUPPORTED) {
                throw e;
            }
            System.out.println("unsupported " + e.getMessage());
        }
    }

    private void insert(int writer, int count) {
        for (int i = 1; i <= count; i++) {
            run(
                    "INSERT INTO t VALUES ("
                            + writer
                            + ", "
                            + i
                            + ", "
                            + i * 7L
                            + ", 'row "
                            + i
                            + "')");
            if (i % PER_INCREMENT == 0) {
                run("UPDATE t SET v = v + 1 WHERE writer = " + COUNTER);
            }
        }
    }

    private void repeat(String statement, Path stop) {
        while (!Files.exists(stop)) {
            run(statement);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void run(String statement) {
        while (true) {
            try {
                lake.run(statement);
                return;
            } catch (NeuralakeException e) {
                if (e.code() != ErrorCode.TRANSACTION_CONFLICT) {
                    throw e;
                }
                conflicts++;
            }
        }
    }
}
