package io.neuralake.connector.parquet.decode;

import io.neuralake.benchmarks.BenchmarkMemory;
import io.neuralake.connector.parquet.page.Slice;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Question: how long does a dictionary code of the hybrid encoding take, in runs and packed, and
/// what does looking its value up add?
///
/// Rule 7 keeps codes as they are wherever it can: `lookUp` is what that saves.
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class DictionaryCodesBenchmark {
    private static final int VALUES = 20_000;
    private static final int WIDTH = 11;
    private static final int GROUP = 8;

    /// How codes lie in a page.
    public enum Shape {
        PACKED,
        RUNS_OF_1000,
        RUNS_OF_16_BETWEEN_PACKED
    }

    @Param Shape shape;

    private BenchmarkMemory memory;
    private Slice page;
    private MemorySegment codes;
    private MemorySegment dictionary;
    private MemorySegment values;

    /// Encodes random codes.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        byte[] encoded = encoded(shape, random);
        MemorySegment bytes = memory.allocate(encoded.length + Slice.SLACK);
        MemorySegment.copy(encoded, 0, bytes, ValueLayout.JAVA_BYTE, 0, encoded.length);
        page = new Slice(bytes, encoded.length);
        codes = memory.allocate(4L * VALUES);
        dictionary = memory.longs(1 << WIDTH, i -> i);
        values = memory.allocate(8L * VALUES);
        new HybridDecoder(page, WIDTH).read(VALUES, codes, 0);
    }

    private static byte[] encoded(Shape shape, SplittableRandom random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int done = 0;
        while (done < VALUES) {
            switch (shape) {
                case PACKED -> done += packed(out, 64, random);
                case RUNS_OF_1000 -> done += run(out, 1000, random);
                case RUNS_OF_16_BETWEEN_PACKED ->
                        done += run(out, 16, random) + packed(out, 2, random);
            }
        }
        return out.toByteArray();
    }

    private static int packed(ByteArrayOutputStream out, int groups, SplittableRandom random) {
        varint(out, groups << 1 | 1);
        for (int i = 0; i < groups * WIDTH; i++) {
            out.write(random.nextInt(256));
        }
        return groups * GROUP;
    }

    private static int run(ByteArrayOutputStream out, int length, SplittableRandom random) {
        varint(out, length << 1);
        int value = random.nextInt(1 << WIDTH);
        out.write(value);
        out.write(value >>> 8);
        return length;
    }

    private static void varint(ByteArrayOutputStream out, int number) {
        int left = number;
        while (left > 0x7F) {
            out.write(left & 0x7F | 0x80);
            left >>>= 7;
        }
        out.write(left);
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        memory.close();
    }

    /// Decodes codes.
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public MemorySegment decode() {
        new HybridDecoder(page, WIDTH).read(VALUES, codes, 0);
        return codes;
    }

    /// Looks up the int64 of decoded codes.
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public MemorySegment lookUp() {
        if (!BitUnpacker.best().areBelow(1 << WIDTH, codes, 0, VALUES)) {
            throw new IllegalStateException("Wrong codes");
        }
        Gather.values(8, codes, VALUES, dictionary, values, 0);
        return values;
    }
}
