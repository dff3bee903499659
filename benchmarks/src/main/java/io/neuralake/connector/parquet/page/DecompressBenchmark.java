package io.neuralake.connector.parquet.page;

import com.github.luben.zstd.Zstd;

import io.neuralake.benchmarks.BenchmarkMemory;

import org.apache.parquet.format.CompressionCodec;
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
import org.xerial.snappy.Snappy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Question: how long does a page of 20,000 values take to decompress, by codec and by what is in it?
///
/// The page cache saves just this. Machine limit: zstd gives 0.8 to 3 GB a second and thread, so 50
/// to 200 microseconds for the 160 KB of `KEYS`.
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class DecompressBenchmark {
    private static final int VALUES = 20_000;
    private static final int ZSTD_LEVEL = 3;
    private static final String[] WORDS = {
        "carefully ", "final ", "requests ", "sleep ", "furiously ", "special ", "deposits "
    };

    /// What a page holds.
    public enum Content {
        /// Ascending int64.
        KEYS,
        /// Random prices of int64.
        PRICES,
        /// Comments of about 40 bytes.
        TEXT
    }

    @Param Content content;

    @Param({"ZSTD", "SNAPPY"})
    CompressionCodec codec;

    private BenchmarkMemory memory;
    private MemorySegment compressed;
    private MemorySegment target;

    /// Compresses a page.
    @Setup
    public void setUp() throws IOException {
        memory = new BenchmarkMemory();
        byte[] page = page(content, new SplittableRandom(1));
        byte[] small =
                codec == CompressionCodec.ZSTD
                        ? Zstd.compress(page, ZSTD_LEVEL)
                        : Snappy.compress(page);
        compressed = memory.allocate(small.length);
        MemorySegment.copy(small, 0, compressed, ValueLayout.JAVA_BYTE, 0, small.length);
        target = memory.allocate(page.length);
    }

    private static byte[] page(Content content, SplittableRandom random) {
        if (content == Content.TEXT) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 5 * VALUES; i++) {
                text.append(WORDS[random.nextInt(WORDS.length)]);
            }
            return text.toString().getBytes(StandardCharsets.UTF_8);
        }
        ByteBuffer page = ByteBuffer.allocate(8 * VALUES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < VALUES; i++) {
            page.putLong(content == Content.KEYS ? 3L * i : 90_000 + random.nextInt(10_000_000));
        }
        return page.array();
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        memory.close();
    }

    /// Decompresses a page.
    @Benchmark
    public MemorySegment decompress() {
        Decompressor.decompress(codec, compressed, target);
        return target;
    }
}
