package io.neuralake.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.EngineSettings;
import io.neuralake.server.bench.NeuralakeBenchEngine;

import org.junit.jupiter.api.Test;

/// What EXPLAIN ANALYZE tells of the time of operators.
class ExplainAnalyzeTest {
    private static final String JOIN =
            "SELECT count(*) FROM generate_series(1, %1$d) AS a(n)"
                    + " JOIN generate_series(1, %1$d) AS b(m) ON n * 3 = m * 5";

    @Test
    void buildOfALargeHashTableIsShownAsSerial() {
        LakeServer lake = LakeServer.open(null, EngineSettings.defaults().withThreads(2));
        try (NeuralakeBenchEngine engine = new NeuralakeBenchEngine(lake)) {
            assertThat(explained(engine, 1_000_000))
                    .containsPattern("Hash join inner[^H]*, serial \\d+[.]\\d\\d ms");
        }
    }

    private static String explained(NeuralakeBenchEngine engine, int rows) {
        return engine.run("EXPLAIN ANALYZE " + JOIN.formatted(rows)).toString();
    }
}
