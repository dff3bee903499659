package io.neuralake.exec.operator.aggregate;

import io.neuralake.benchmarks.BenchmarkMemory;
import io.neuralake.exec.function.aggregate.BatchScratch;
import io.neuralake.exec.function.aggregate.GroupTable;
import io.neuralake.exec.function.aggregate.RowSet;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

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

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Question: how long does finding the group of a row in an array take, compared with a hash table of
/// the same keys?
///
/// Rule 7 keeps codes as they are, so that no row's text is hashed. Hash tables are rule 5, see
/// `GroupTableBenchmark`.
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class DirectGroupsBenchmark {
    private static final int BATCH = 2048;
    private static final int BATCHES = 64;

    /// Different values of each key.
    private static final int[] VALUES = {100, 25};

    /// What the keys are.
    public enum Keys {
        /// Codes of one dictionary of texts.
        CODES,
        /// Codes of two such dictionaries.
        TWO_CODES,
        /// Two int64 of a small range.
        INTEGERS
    }

    @Param Keys keys;

    private BenchmarkMemory memory;
    private Column[][] batches;
    private GroupTable hashed;
    private GroupTable behindDirect;
    private DirectGroups direct;
    private BatchScratch scratch;
    private MemorySegment found;
    private int next;

    /// Makes random batches and both forms of groups, which know all of them.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        scratch = new BatchScratch(memory.allocator());
        found = memory.allocate(4L * BATCH);
        int columns = keys == Keys.CODES ? 1 : 2;
        batches = new Column[BATCHES][columns];
        for (int k = 0; k < columns; k++) {
            int values = VALUES[k];
            Column words = memory.strings(values, i -> "a word of many letters " + i);
            for (Column[] batch : batches) {
                batch[k] =
                        keys == Keys.INTEGERS
                                ? memory.bigints(BATCH, _ -> 1990 + random.nextInt(values))
                                : codes(words, random);
            }
        }
        Type type = keys == Keys.INTEGERS ? ScalarType.BIGINT : ScalarType.VARCHAR;
        List<Type> types = Collections.nCopies(columns, type);
        hashed = newTable(types);
        behindDirect = newTable(types);
        direct = new DirectGroups(behindDirect, types, memory.allocator());
        for (int b = 0; b < BATCHES; b++) {
            hashed();
        }
        for (int b = 0; b < BATCHES; b++) {
            direct();
        }
    }

    private Column codes(Column words, SplittableRandom random) {
        DataBuffer codes = memory.buffer(4L * BATCH);
        for (int i = 0; i < BATCH; i++) {
            int code = random.nextInt(words.rowCount());
            codes.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, code);
        }
        return new DictionaryColumn(BATCH, codes, words, null);
    }

    private GroupTable newTable(List<Type> types) {
        return new GroupTable(memory.allocator(), types, new boolean[types.size()], new byte[8]);
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        direct.close();
        behindDirect.close();
        hashed.close();
        scratch.close();
        memory.close();
    }

    /// Finds groups in an array.
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public MemorySegment direct() {
        direct.assign(batches[next++ & BATCHES - 1], new RowSet(BATCH, null, null), found, scratch);
        scratch.reset();
        return found;
    }

    /// Finds groups in the hash table.
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public MemorySegment hashed() {
        hashed.assign(batches[next++ & BATCHES - 1], new RowSet(BATCH, null, null), found, scratch);
        scratch.reset();
        return found;
    }
}
