package io.neuralake.connector.parquet.decode;

import io.neuralake.benchmarks.BenchmarkMemory;
import io.neuralake.connector.parquet.page.Slice;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;

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

/// Question: how long does a plainly encoded value take: int64, byte stream split, strings of about
/// 8 and 24 bytes, and int64 among nulls?
///
/// Strings become views that point into the page (rule 7): no byte of a long one is copied.
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class PlainDecodeBenchmark {
    private static final int VALUES = 20_000;

    private BenchmarkMemory memory;
    private Slice longs;
    private DataBuffer shortTexts;
    private DataBuffer longTexts;
    private MemorySegment present;
    private int presentCount;
    private MemorySegment target;

    /// Encodes random values.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        longs = new Slice(memory.longs(VALUES + 8, _ -> random.nextLong()), 8L * VALUES);
        shortTexts = texts(8, random);
        longTexts = texts(24, random);
        SplittableRandom other = random.split();
        present = memory.longs(VALUES / 64 + 1, _ -> random.nextLong() | other.nextLong());
        for (int i = 0; i < VALUES; i++) {
            presentCount += (int) Bits.get(present, i, 1);
        }
        target = memory.allocate((long) StringView.BYTES * VALUES);
    }

    private DataBuffer texts(int length, SplittableRandom random) {
        DataBuffer page = memory.buffer((long) VALUES * (length + 8));
        long at = 0;
        for (int i = 0; i < VALUES; i++) {
            int bytes = length - 2 + random.nextInt(5);
            page.segment().set(ValueLayout.JAVA_INT_UNALIGNED, at, bytes);
            at += 4L + bytes;
        }
        return page;
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        memory.close();
    }

    /// Copies int64.
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public MemorySegment int64() {
        new PlainDecoders.Fixed(longs, 8).read(VALUES, target, 0, new Heap(memory.allocator()));
        return target;
    }

    /// Spreads int64 over the rows that are not null, three of four.
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public MemorySegment int64AmongNulls() {
        new PlainDecoders.Fixed(longs, 8)
                .read(presentCount, target, 0, new Heap(memory.allocator()));
        Spread.apply(target, 0, 8, present, 0, VALUES, presentCount);
        return target;
    }

    /// Puts the bytes of int64 together that lie apart.
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public MemorySegment byteStreamSplit() {
        new PlainDecoders.ByteStreamSplit(longs, 8)
                .read(VALUES, target, 0, new Heap(memory.allocator()));
        return target;
    }

    /// Makes views of strings that lie in the view.
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public MemorySegment shortStrings() {
        return strings(shortTexts);
    }

    /// Makes views of strings that stay in the page.
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public MemorySegment longStrings() {
        return strings(longTexts);
    }

    private MemorySegment strings(DataBuffer page) {
        Heap heap = new Heap(memory.allocator());
        new PlainDecoders.Binary(Slice.at(page.address(), page.size()), page)
                .read(VALUES, target, 0, heap);
        heap.clear();
        return target;
    }
}
