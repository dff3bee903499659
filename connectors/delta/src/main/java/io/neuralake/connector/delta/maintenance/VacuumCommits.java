package io.neuralake.connector.delta.maintenance;

import io.neuralake.connector.delta.commit.CommitLog;
import io.neuralake.connector.delta.log.JsonForm;
import io.neuralake.connector.delta.log.TableLog;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/// Notes in a table's history that it was vacuumed. Such commits change nothing, so they conflict with
/// none.
final class VacuumCommits {
    private static final int ATTEMPTS = 100;
    private static final MapType TEXTS = new MapType(ScalarType.VARCHAR, ScalarType.VARCHAR);
    private static final StructType COMMIT =
            new StructType(
                    List.of(
                            Field.of(
                                    "commitInfo",
                                    new StructType(
                                            List.of(
                                                    Field.of(
                                                            "inCommitTimestamp", ScalarType.BIGINT),
                                                    Field.of("timestamp", ScalarType.BIGINT),
                                                    Field.of("operation", ScalarType.VARCHAR),
                                                    Field.of("operationParameters", TEXTS),
                                                    Field.of("readVersion", ScalarType.BIGINT),
                                                    Field.of("isolationLevel", ScalarType.VARCHAR),
                                                    Field.of("isBlindAppend", ScalarType.BOOLEAN),
                                                    Field.of("operationMetrics", TEXTS),
                                                    Field.of("engineInfo", ScalarType.VARCHAR),
                                                    Field.of("txnId", ScalarType.VARCHAR))))));

    private final TableLog log;
    private final CommitLog sink;
    private final InstantSource clock;

    VacuumCommits(TableLog log, CommitLog sink, InstantSource clock) {
        this.log = log;
        this.sink = sink;
        this.clock = clock;
    }

    /// Commits behind the newest version, whichever that is. Throws TRANSACTION_CONFLICT when others always come
    /// first.
    ///
    /// @return the version
    long add(String operation, Map<String, String> parameters, Map<String, String> metrics) {
        log.committing().lock();
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                long version = tryToAdd(operation, parameters, metrics);
                if (version >= 0) {
                    return version;
                }
            }
        } finally {
            log.committing().unlock();
        }
        throw new NeuralakeException(
                ErrorCode.TRANSACTION_CONFLICT,
                "Others committed first, " + ATTEMPTS + " times: " + log.folder());
    }

    /// Returns the version; -1 when another was faster.
    private long tryToAdd(
            String operation, Map<String, String> parameters, Map<String, String> metrics) {
        TableState newest = log.newest();
        String id = UUID.randomUUID().toString();
        long now = clock.millis();
        Long own =
                newest.metadata().inCommitTimestamps()
                        ? Long.valueOf(Math.max(now, newest.millis() + 1))
                        : null;
        List<@Nullable Object> info =
                Arrays.asList(
                        own,
                        now,
                        operation,
                        entries(parameters),
                        newest.version(),
                        "SnapshotIsolation",
                        true,
                        entries(metrics),
                        "Neuralake",
                        id);
        String line = JsonForm.text(COMMIT, List.of(info)) + "\n";
        long version = newest.version() + 1;
        return sink.write(log.folder(), version, line.getBytes(StandardCharsets.UTF_8), id)
                ? version
                : -1;
    }

    private static List<Object> entries(Map<String, String> texts) {
        List<Object> entries = new ArrayList<>();
        new TreeMap<>(texts).forEach((key, value) -> entries.add(List.of(key, value)));
        return entries;
    }
}
