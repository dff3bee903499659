package io.neuralake.exec.kernel;

import io.neuralake.benchmarks.BenchmarkMemory;
import io.neuralake.spi.simd.SimdCapabilities;

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
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Question: how long does searching a byte of text take, for a needle that is rarely there, with
/// vectors and without?
///
/// Rule 8: compare the first and the last byte of the needle with vectors.
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class ByteSearchBenchmark {
    private static final int BYTES = 1 << 16;
    private static final byte[] NEEDLE = "special".getBytes(StandardCharsets.UTF_8);

    private static final ByteSearchKernels BEST =
            ByteSearchKernels.best(SimdCapabilities.detected());
    private static final ByteSearchKernels SCALAR = ByteSearchKernels.best(new SimdCapabilities(0));

    private BenchmarkMemory memory;
    private MemorySegment text;

    /// Makes a text of lower-case letters.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        text = memory.allocate(BYTES);
        for (int i = 0; i < BYTES; i++) {
            text.set(ValueLayout.JAVA_BYTE, i, (byte) ('a' + random.nextInt(26)));
        }
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        memory.close();
    }

    /// As chosen for this machine.
    @Benchmark
    @OperationsPerInvocation(BYTES)
    public long best() {
        return BEST.find(text.address(), text.address() + BYTES, NEEDLE);
    }

    /// Without vectors.
    @Benchmark
    @OperationsPerInvocation(BYTES)
    public long scalar() {
        return SCALAR.find(text.address(), text.address() + BYTES, NEEDLE);
    }
}
