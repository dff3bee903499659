package io.neuralake.server.bench;

import io.neuralake.exec.QueryStatistics;
import io.neuralake.exec.QueryStatistics.OperatorStatistics;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.spi.connector.ScanMetrics.Counter;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What one run of a query read, and where its processor time went.
///
/// @param bytesRead of pages, as stored
/// @param bytesDecompressed of pages, after decompression
/// @param decompressionMillis of all threads in decompression
/// @param codes values that were stored as codes of a dictionary, in pages that were read
/// @param texts values that were stored as text
/// @param numbers all other values
/// @param operatorMillis processor time by kind of operator; scans include decompression
public record QueryWork(
        long bytesRead,
        long bytesDecompressed,
        double decompressionMillis,
        long codes,
        long texts,
        long numbers,
        Map<String, Double> operatorMillis) {
    /// What the loops of the decoders take for a value where nothing is in their way: medians of
    /// `DictionaryCodes` (runs and packed, halfway), `PlainDecode` and `DeltaDecode` (mini-blocks of
    /// 128), see docs/performance.md.
    private static final double NANOS_A_CODE = 0.07;

    private static final double NANOS_A_TEXT = 2.1;
    private static final double NANOS_A_NUMBER = 0.34;
    private static final double NANOS_PER_MILLI = 1e6;

    /// Copies the map.
    public QueryWork {
        operatorMillis = Map.copyOf(operatorMillis);
    }

    /// Sums up a run that was profiled.
    public static QueryWork of(QueryStatistics run) {
        long[] counts = new long[Counter.values().length];
        Map<String, Double> operators = new TreeMap<>();
        for (OperatorStatistics operator : run.operators()) {
            for (Counter counter : Counter.values()) {
                counts[counter.ordinal()] +=
                        operator.details()
                                .getOrDefault(counter.name().toLowerCase(Locale.ROOT), 0L);
            }
            operators.merge(
                    kind(operator.node()), operator.cpuNanos() / NANOS_PER_MILLI, Double::sum);
        }
        long codes = counts[Counter.VALUES_AS_CODES.ordinal()];
        long texts = counts[Counter.VALUES_AS_TEXT.ordinal()];
        return new QueryWork(
                counts[Counter.BYTES_READ.ordinal()],
                counts[Counter.BYTES_DECOMPRESSED.ordinal()],
                counts[Counter.DECOMPRESSION_NANOS.ordinal()] / NANOS_PER_MILLI,
                codes,
                texts,
                counts[Counter.VALUES.ordinal()] - codes - texts,
                operators);
    }

    private static String kind(PhysicalPlan node) {
        return switch (node) {
            case PhysicalPlan.TableScan _ -> "scan";
            case PhysicalPlan.HashJoin _, PhysicalPlan.NestedLoopJoin _, PhysicalPlan.AsofJoin _ ->
                    "join";
            case PhysicalPlan.HashAggregate _ -> "group";
            case PhysicalPlan.Filter _, PhysicalPlan.Project _ -> "expressions";
            default -> "other";
        };
    }

    /// Returns the number of values in the pages that were read.
    public long values() {
        return codes + texts + numbers;
    }

    /// Returns what the values take to decode at the rates of the bare loops, in milliseconds.
    public double decodingMillis() {
        return (codes * NANOS_A_CODE + texts * NANOS_A_TEXT + numbers * NANOS_A_NUMBER)
                / NANOS_PER_MILLI;
    }

    /// Returns the processor time below which no run that reads the same pages gets: their
    /// decompression, as it took in this run, and decoding.
    public double floorMillis() {
        return decompressionMillis + decodingMillis();
    }

    /// Returns the kinds of operators that took at least a tenth of the operators' time, with their
    /// percentages, the largest first.
    public List<String> shares() {
        double all = operatorMillis.values().stream().mapToDouble(Double::doubleValue).sum();
        return operatorMillis.entrySet().stream()
                .filter(entry -> entry.getValue() >= all / 10)
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .map(
                        entry ->
                                String.format(
                                        Locale.ROOT,
                                        "%s %.0f%%",
                                        entry.getKey(),
                                        100 * entry.getValue() / all))
                .collect(Collectors.toList());
    }

    /// Returns the one of two runs that decompressed faster; other processes disturb both.
    public QueryWork orFaster(QueryWork other) {
        return other.decompressionMillis < decompressionMillis ? other : this;
    }

    /// Returns the heading of [#line].
    public static String heading() {
        return String.format(
                Locale.ROOT,
                "%-8s%10s%10s%10s%12s%10s%10s%10s%9s  %s",
                "query",
                "read",
                "unpacked",
                "values",
                "decompress",
                "decode",
                "floor",
                "cpu",
                "/ floor",
                "where");
    }

    /// Words the work of a query, in megabytes, millions and milliseconds.
    ///
    /// @param cpuMillis processor time of a run that was not profiled
    public String line(String query, double cpuMillis) {
        return String.format(
                Locale.ROOT,
                "%-8s%9.1fM%9.1fM%9.2fM%12.1f%10.1f%10.1f%10.1f%9.1f  %s",
                query,
                bytesRead / 1e6,
                bytesDecompressed / 1e6,
                values() / 1e6,
                decompressionMillis,
                decodingMillis(),
                floorMillis(),
                cpuMillis,
                cpuMillis / floorMillis(),
                String.join(", ", shares()));
    }
}
