package io.neuralake.connector.parquet.decode;

import io.neuralake.benchmarks.BenchmarkMemory;
import io.neuralake.connector.parquet.page.Slice;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;

import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.column.values.deltalengthbytearray.DeltaLengthByteArrayValuesWriter;
import org.apache.parquet.column.values.deltastrings.DeltaByteArrayWriter;
import org.apache.parquet.io.api.Binary;
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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Question: how long does a value of the DELTA encodings take?
///
/// DELTA_BINARY_PACKED is unpacked with vectors (rule 10, see `BitUnpackBenchmark`), then summed.
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class DeltaDecodeBenchmark {
    private static final int VALUES = 20_000;
    private static final int SLAB = 1 << 16;
    private static final int LARGEST = 1 << 24;

    private BenchmarkMemory memory;
    private Slice longs;
    private DataBuffer lengths;
    private DataBuffer prefixes;
    private MemorySegment target;

    /// Encodes keys with small gaps and labels with a common beginning.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        ValuesWriter numbers =
                new DeltaBinaryPackingValuesWriterForLong(
                        SLAB, LARGEST, HeapByteBufferAllocator.getInstance());
        ValuesWriter texts =
                new DeltaLengthByteArrayValuesWriter(
                        SLAB, LARGEST, HeapByteBufferAllocator.getInstance());
        ValuesWriter sharing =
                new DeltaByteArrayWriter(SLAB, LARGEST, HeapByteBufferAllocator.getInstance());
        long key = 0;
        for (int i = 0; i < VALUES; i++) {
            key += random.nextInt(1000);
            numbers.writeLong(key);
            Binary text = Binary.fromString("customer#" + (1_000_000_000 + key));
            texts.writeBytes(text);
            sharing.writeBytes(text);
        }
        longs = slice(page(numbers));
        lengths = page(texts);
        prefixes = page(sharing);
        target = memory.allocate((long) StringView.BYTES * VALUES);
    }

    private DataBuffer page(ValuesWriter writer) {
        try (writer) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            writer.getBytes().writeAllTo(out);
            byte[] array = out.toByteArray();
            DataBuffer page = memory.buffer(array.length);
            MemorySegment.copy(array, 0, page.segment(), ValueLayout.JAVA_BYTE, 0, array.length);
            return page;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Slice slice(DataBuffer page) {
        return Slice.at(page.address(), page.size());
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        memory.close();
    }

    /// Decodes DELTA_BINARY_PACKED int64.
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public MemorySegment binaryPacked() {
        new DeltaDecoders.Integers(longs, 8, VALUES)
                .read(VALUES, target, 0, new Heap(memory.allocator()));
        return target;
    }

    /// Decodes DELTA_LENGTH_BYTE_ARRAY strings.
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public MemorySegment lengthByteArray() {
        Heap heap = new Heap(memory.allocator());
        new DeltaDecoders.Lengths(slice(lengths), lengths, VALUES).read(VALUES, target, 0, heap);
        heap.clear();
        return target;
    }

    /// Decodes DELTA_BYTE_ARRAY strings.
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public MemorySegment byteArray() {
        Heap heap = new Heap(memory.allocator());
        new DeltaDecoders.Prefixes(slice(prefixes), 0, VALUES).read(VALUES, target, 0, heap);
        heap.clear();
        return target;
    }
}
