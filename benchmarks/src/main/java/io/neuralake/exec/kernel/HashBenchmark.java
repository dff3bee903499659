package io.neuralake.exec.kernel;

import io.neuralake.benchmarks.BenchmarkMemory;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Question: how long does hashing a key take, by its type?
///
/// Rule 5 hashes a whole batch before it looks anything up, so this is a loop of its own.
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class HashBenchmark {
    private static final int ROWS = 2048;
    private static final int WORDS = 100;

    private BenchmarkMemory memory;
    private Column longs;
    private Column shortTexts;
    private Column longTexts;
    private Column dictionary;
    private MemorySegment hashes;

    /// Makes random keys.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        longs = memory.bigints(ROWS, _ -> random.nextLong());
        shortTexts = memory.strings(ROWS, _ -> "key " + random.nextInt(100_000));
        longTexts = memory.strings(ROWS, _ -> "a key of many letters " + random.nextInt(100_000));
        DataBuffer codes = memory.buffer(4L * ROWS);
        for (int i = 0; i < ROWS; i++) {
            codes.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, random.nextInt(WORDS));
        }
        Column words = memory.strings(WORDS, i -> "a word of many letters " + i);
        dictionary = new DictionaryColumn(ROWS, codes, words, null);
        hashes = memory.allocate(8L * ROWS);
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        memory.close();
    }

    /// Hashes int64.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public MemorySegment int64() {
        return hash(longs);
    }

    /// Hashes two keys of int64 into one.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public MemorySegment twoInt64() {
        HashKernels.hash(longs, ROWS, hashes, false);
        HashKernels.hash(longs, ROWS, hashes, true);
        return hashes;
    }

    /// Hashes strings that lie in their views.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public MemorySegment shortStrings() {
        return hash(shortTexts);
    }

    /// Hashes strings of 26 bytes.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public MemorySegment longStrings() {
        return hash(longTexts);
    }

    /// Hashes such strings in a dictionary of 100.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public MemorySegment dictionaryStrings() {
        return hash(dictionary);
    }

    private MemorySegment hash(Column column) {
        HashKernels.hash(column, ROWS, hashes, false);
        return hashes;
    }
}
