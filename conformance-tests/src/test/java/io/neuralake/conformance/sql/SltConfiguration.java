package io.neuralake.conformance.sql;

import io.neuralake.planner.SqlSession;

import java.util.Map;

/// A way to run the same corpus. `scalar-kernels` and `hash-zero` are set for a whole JVM and run as
/// executions of their own (see the pom).
enum SltConfiguration {
    STANDARD(Map.of()),
    BATCH_7(Map.of("batch_rows", "7")),
    ONE_THREAD(Map.of("threads", "1")),
    NO_OPTIMIZER(Map.of("optimizer", "off"));

    private final Map<String, String> settings;

    SltConfiguration(Map<String, String> settings) {
        this.settings = settings;
    }

    SqlSession session() {
        SqlSession session = new SqlSession("slt");
        session.settings().putAll(settings);
        return session;
    }
}
