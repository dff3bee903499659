package io.neuralake.exec.operator.sort;

import io.neuralake.benchmarks.BenchmarkMemory;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.spi.batch.Column;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Question: how long does sorting row indexes take, by kind of key? The time is that of all rows.
///
/// Measured before the engine was written: 87 milliseconds for 6 million rows by two int64 packed
/// into one word, so 3.6 for 250,000 (rule 9).
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class SortBenchmark {
    /// What is sorted by.
    public enum Keys {
        /// One int64 of a small range.
        NARROW,
        /// Two int64 that fit one word.
        PACKED_PAIR,
        /// One random int64.
        WIDE,
        /// Texts of 20 bytes that begin alike.
        TEXTS
    }

    @Param Keys keys;

    @Param("250000")
    int rows;

    private BenchmarkMemory memory;
    private List<Column> columns;
    private List<SortKey> order;
    private MemorySegment indexes;
    private MemorySegment words;

    /// Makes random keys.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        columns =
                switch (keys) {
                    case NARROW -> List.of(memory.bigints(rows, _ -> random.nextInt(1_000_000)));
                    case PACKED_PAIR ->
                            List.of(
                                    memory.bigints(rows, _ -> random.nextInt(2_500)),
                                    memory.bigints(rows, _ -> random.nextInt(10_000_000)));
                    case WIDE -> List.of(memory.bigints(rows, _ -> random.nextLong()));
                    case TEXTS ->
                            List.of(
                                    memory.strings(
                                            rows,
                                            _ ->
                                                    "customer#"
                                                            + (10_000_000_000L
                                                                    + random.nextInt(1_000_000))));
                };
        order =
                columns.size() == 1
                        ? List.of(new SortKey(0, false, false))
                        : List.of(new SortKey(0, false, false), new SortKey(1, true, false));
        indexes = memory.allocate(4L * rows);
        words = memory.allocate(8L * rows);
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        memory.close();
    }

    /// Sorts from the order of the rows, layout of the keys included.
    @Benchmark
    public MemorySegment sort() {
        for (int i = 0; i < rows; i++) {
            indexes.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, i);
        }
        List<KeyLevel> levels = KeyLevels.of(order, columns, rows);
        try (RowSorter sorter = new RowSorter(levels, memory.allocator(), () -> {})) {
            sorter.sort(indexes, words, rows);
        }
        return indexes;
    }
}
