package io.neuralake.conformance.sql;

import io.neuralake.conformance.JvmConfiguration;
import io.neuralake.planner.SqlSession;

import java.util.List;
import java.util.Map;

/// A way to run the same corpus by settings of a session. Those that hold for a whole JVM are
/// [JvmConfiguration]s.
enum SltConfiguration {
    STANDARD(Map.of()),
    BATCH_7(Map.of("batch_rows", "7")),
    ONE_THREAD(Map.of("threads", "1")),
    NO_OPTIMIZER(Map.of("optimizer", "off"));

    private final Map<String, String> settings;

    SltConfiguration(Map<String, String> settings) {
        this.settings = settings;
    }

    /// Returns those that run in this JVM: where the JVM differs, only the standard one.
    static List<SltConfiguration> ofThisJvm() {
        return JvmConfiguration.current() == JvmConfiguration.STANDARD
                ? List.of(values())
                : List.of(STANDARD);
    }

    SqlSession session() {
        SqlSession session = new SqlSession("slt");
        session.settings().putAll(settings);
        return session;
    }
}
