package io.neuralake.spi.arrow;

import io.neuralake.benchmarks.BenchmarkMemory;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import org.apache.arrow.vector.VectorSchemaRoot;
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

import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Question: how long does a value take on its way into the plain Arrow of a message, by form?
///
/// Rule 15: about 64 K rows a message. A copy of int64 at memory speed is 0.5 nanoseconds.
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class ArrowExportBenchmark {
    private static final int ROWS = 2048;
    private static final int BATCHES = 16;
    private static final int WORDS = 100;

    /// In which form the column comes.
    public enum Form {
        INT64,
        SHORT_VIEWS,
        LONG_VIEWS,
        DICTIONARY
    }

    @Param Form form;

    private BenchmarkMemory memory;
    private Batch batch;
    private Schema schema;

    /// Makes a batch.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        Column column =
                switch (form) {
                    case INT64 -> memory.bigints(ROWS, _ -> random.nextLong());
                    case SHORT_VIEWS -> memory.strings(ROWS, _ -> "key " + random.nextInt(10_000));
                    case LONG_VIEWS ->
                            memory.strings(
                                    ROWS, _ -> "a text of many letters " + random.nextInt(10_000));
                    case DICTIONARY -> dictionary(random);
                };
        batch = Batch.of(ROWS, column);
        schema = Schema.of(new Field("c", column.type(), false));
    }

    private Column dictionary(SplittableRandom random) {
        DataBuffer codes = memory.buffer(4L * ROWS);
        for (int i = 0; i < ROWS; i++) {
            codes.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, random.nextInt(WORDS));
        }
        Column words = memory.strings(WORDS, i -> "a word of many letters " + i);
        return new DictionaryColumn(ROWS, codes, words, null);
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        memory.close();
    }

    /// Fills a message and lets it go.
    @Benchmark
    @OperationsPerInvocation(ROWS * BATCHES)
    public int export() {
        try (ArrowBatchWriter writer = new ArrowBatchWriter(schema, memory.arrow());
                VectorSchemaRoot root = writer.newRoot(ArrowTypes.schema(schema))) {
            for (int b = 0; b < BATCHES; b++) {
                writer.append(batch);
            }
            writer.flush(root);
            return root.getRowCount();
        }
    }
}
