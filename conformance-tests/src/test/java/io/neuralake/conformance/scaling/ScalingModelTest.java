package io.neuralake.conformance.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neuralake.conformance.scaling.ScalingModel.Machine;
import io.neuralake.conformance.scaling.ScalingModel.Query;
import io.neuralake.conformance.scaling.ScalingModel.Stage;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// The model against what was measured with one and two workers, and the table of docs/scaling.md,
/// which comes from it.
class ScalingModelTest {
    private static final int[] CORES = {1, 2, 4, 8, 16, 32, 64};

    /// What planning from the cache, building and starting take; taken for all queries alike.
    private static final double START_MILLIS = 0.5;

    private static final double LOCK_MICROS = 5;

    /// Of a server with twelve channels of DDR5, about two thirds of the peak.
    private static final double SERVER_GIGABYTES = 300;

    /// Measured here, for one core as for two.
    private static final double HERE_GIGABYTES = 36;

    /// Elapsed times of one worker by those of two on a machine that did nothing else, scale 1.
    private record Measured(Query query, double ratio) {}

    private static Stage scan(String name, int splits, double work, double serial, double mega) {
        return new Stage(name, splits, work, 0, serial, mega);
    }

    private static Stage merge(double shared, double megabytes) {
        return new Stage("merge of 64 partitions", 64, 0, shared, 0, megabytes);
    }

    private static Query query(String name, Stage... stages) {
        return new Query(name, START_MILLIS, List.of(stages));
    }

    private static final List<Measured> SCALE_1 =
            List.of(
                    new Measured(query("Q1", scan("lineitem", 49, 174, 0, 121)), 1.85),
                    new Measured(query("Q6", scan("lineitem", 49, 49.5, 0, 106)), 1.75),
                    new Measured(
                            query(
                                    "Q9",
                                    scan("part", 2, 11.3, 0.3, 15),
                                    scan("partsupp", 7, 6.8, 1.6, 11),
                                    scan("lineitem", 49, 78.3, 10.3, 170),
                                    scan("orders", 13, 38.9, 0, 50)),
                            1.37),
                    new Measured(
                            query(
                                    "Q18",
                                    scan("lineitem, groups", 49, 176, 0, 120),
                                    merge(75, 100),
                                    scan("orders", 13, 4.6, 0.3, 18),
                                    scan("customer", 2, 2.3, 0.2, 6),
                                    scan("lineitem", 35, 4.6, 0, 4)),
                            1.13));

    private static final List<Query> SCALE_10 =
            List.of(
                    query("Q1", scan("lineitem", 489, 1849, 0, 1210)),
                    query("Q6", scan("lineitem", 489, 498, 0, 1060)),
                    query(
                            "Q9",
                            scan("part", 17, 96, 3.7, 152),
                            scan("partsupp", 66, 58, 23, 91),
                            scan("lineitem", 489, 846, 164, 1776),
                            scan("orders", 123, 377, 0, 500)),
                    query(
                            "Q18",
                            scan("lineitem, groups", 489, 1971, 0, 1200),
                            merge(819, 1000),
                            scan("orders", 123, 96, 3.4, 204),
                            scan("customer", 13, 23, 0.6, 55),
                            scan("lineitem", 355, 107, 0.7, 42)));

    private static double millis(Query query, int workers, double slowdown, double gigabytes) {
        return ScalingModel.millis(query, new Machine(workers, gigabytes, LOCK_MICROS, slowdown));
    }

    private static double speedUp(Query query, int workers, double slowdown, double gigabytes) {
        return millis(query, 1, 1, gigabytes) / millis(query, workers, slowdown, gigabytes);
    }

    /// Returns by how much a morsel is slower beside another for the model to meet a measurement.
    private static double slowdown(Measured measured) {
        double low = 1;
        double high = 3;
        for (int i = 0; i < 50; i++) {
            double middle = (low + high) / 2;
            if (speedUp(measured.query(), 2, middle, HERE_GIGABYTES) > measured.ratio()) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Test
    void morselsAreSpreadOverWorkers() {
        Query query = new Query("q", 1, List.of(new Stage("s", 10, 100, 0, 5, 0)));
        assertThat(ScalingModel.millis(query, new Machine(1, 1, 0, 1)))
                .isCloseTo(106, within(1e-9));
        // Three rounds of four workers; then the start and the serial part.
        assertThat(ScalingModel.millis(query, new Machine(4, 1, 0, 1))).isCloseTo(36, within(1e-9));
        assertThat(ScalingModel.millis(query, new Machine(64, 1, 0, 1)))
                .isCloseTo(16, within(1e-9));
    }

    @Test
    void locksMemoryAndMergesBound() {
        Query query = new Query("q", 0, List.of(new Stage("s", 100, 10, 0, 0, 0)));
        // Nobody starts before the others have taken theirs: 100 times 100 microseconds.
        assertThat(ScalingModel.millis(query, new Machine(64, 1, 100, 1)))
                .isCloseTo(10.1, within(1e-9));
        Query memory = new Query("q", 0, List.of(new Stage("s", 10, 10, 0, 0, 50)));
        assertThat(ScalingModel.millis(memory, new Machine(10, 10, 0, 1)))
                .isCloseTo(5, within(1e-9));
        Query merge = new Query("q", 0, List.of(new Stage("s", 10, 0, 10, 0, 0)));
        assertThat(ScalingModel.millis(merge, new Machine(1, 1, 0, 1))).isZero();
        assertThat(ScalingModel.millis(merge, new Machine(2, 1, 0, 1))).isCloseTo(5, within(1e-9));
    }

    @Test
    void modelIsNeverBelowWhatWasMeasuredAndNearIt() {
        for (Measured measured : SCALE_1) {
            double predicted = speedUp(measured.query(), 2, 1, HERE_GIGABYTES);
            assertThat(predicted)
                    .as(measured.query().name())
                    .isBetween(measured.ratio(), measured.ratio() * 1.4);
            assertThat(slowdown(measured)).as(measured.query().name()).isBetween(1.0, 1.5);
        }
    }

    @Test
    void moreCoresAreNeverSlowerFromTwoOn() {
        for (Query query : SCALE_10) {
            for (int i = 1; i < CORES.length; i++) {
                double speedUp = speedUp(query, CORES[i], 1, SERVER_GIGABYTES);
                assertThat(speedUp)
                        .as("%s with %d", query.name(), CORES[i])
                        .isLessThanOrEqualTo(CORES[i])
                        .isGreaterThanOrEqualTo(
                                speedUp(query, CORES[i - 1], 1, SERVER_GIGABYTES) * 0.999);
            }
        }
    }

    @Test
    void documentHoldsTheTable() throws IOException {
        String table = table();
        System.out.println(table);
        Path document = Path.of("..", "docs", "scaling.md");
        assertThat(Files.readString(document)).contains(table);
    }

    private static String table() {
        StringBuilder table = new StringBuilder("| query | neighbour |");
        for (int cores : CORES) {
            table.append(' ').append(cores).append(" |");
        }
        table.append("\n| --- | ---: |").append(" ---: |".repeat(CORES.length)).append('\n');
        for (int q = 0; q < SCALE_10.size(); q++) {
            Query query = SCALE_10.get(q);
            for (double slowdown : new double[] {1, slowdown(SCALE_1.get(q))}) {
                table.append(String.format(Locale.ROOT, "| %s | %.2f |", query.name(), slowdown));
                for (int cores : CORES) {
                    table.append(
                            String.format(
                                    Locale.ROOT,
                                    " %.1f |",
                                    speedUp(query, cores, slowdown, SERVER_GIGABYTES)));
                }
                table.append('\n');
            }
        }
        return table.toString();
    }
}
