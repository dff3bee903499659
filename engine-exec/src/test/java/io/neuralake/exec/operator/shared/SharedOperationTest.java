package io.neuralake.exec.operator.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.TestContext;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.spill.SpillFixture;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/// How long a shared sub-plan keeps its rows.
class SharedOperationTest {
    private static final int BATCHES = 8;
    private static final int ROWS = 1000;

    private final SpillFixture spill = SpillFixture.never();
    private final RootAllocator root = new RootAllocator();
    private final LimitedReservation memory = new LimitedReservation("test", 1 << 20, null);
    private final WorkerContext context =
            new TestContext(new ArrowAllocator(root, memory), spill.query(), ROWS, 0, 1);
    private final SharedOperation shared =
            new SharedOperation(Schema.of(Field.of("id", ScalarType.BIGINT)));

    @BeforeEach
    void collect() {
        collect(0);
    }

    /// Lets a worker collect the numbers from `first` on.
    private void collect(long first) {
        try (SinkWorker sink = shared.sink().newWorker(context)) {
            for (int i = 0; i < BATCHES; i++) {
                List<Object> values = new ArrayList<>();
                for (int row = 0; row < ROWS; row++) {
                    values.add(first + (long) i * ROWS + row);
                }
                sink.consume(
                        Batch.of(
                                ROWS,
                                ColumnBuilder.of(context.allocator(), ScalarType.BIGINT, values)));
            }
            sink.combine();
        }
    }

    @AfterEach
    void close() {
        shared.close();
        assertThat(memory.reservedBytes()).as("bytes leaked").isZero();
        root.close();
        spill.close();
    }

    private static int take(SourceWorker reader, int batches) {
        int rows = 0;
        for (int i = 0; i < batches; i++) {
            if (!(reader.produce() instanceof ReadResult.Ready(Batch batch))) {
                break;
            }
            try (batch) {
                rows += batch.selectedCount();
            }
        }
        return rows;
    }

    @Test
    void batchesThatAllReadersHadAreFreed() {
        long all = memory.reservedBytes();
        try (SourceWorker first = shared.source().newWorker(context);
                SourceWorker second = shared.source().newWorker(context)) {
            assertThat(take(first, BATCHES + 1)).isEqualTo(BATCHES * ROWS);
            assertThat(memory.reservedBytes()).as("the second has none yet").isEqualTo(all);
            assertThat(take(second, BATCHES / 2)).isEqualTo(BATCHES / 2 * ROWS);
            assertThat(memory.reservedBytes()).as("after a half").isEqualTo(all / 2);
            assertThat(take(second, BATCHES)).isEqualTo(BATCHES / 2 * ROWS);
            assertThat(memory.reservedBytes()).isZero();
        }
    }

    @Test
    void theLastReaderOwnsWhatItTakes() {
        try (SourceWorker only = shared.source().newWorker(context)) {
            Batch taken = ((ReadResult.Ready) only.produce()).batch();
            shared.close();
            assertThat(memory.reservedBytes()).isPositive();
            taken.close();
        }
    }

    @Test
    void eachWorkerBeginsWithWhatOneHasCollected() {
        collect(BATCHES * ROWS);
        SourceOperator source = shared.source();
        try (SourceWorker first = source.newWorker(context);
                SourceWorker second = source.newWorker(context)) {
            for (int i = 0; i < BATCHES; i++) {
                assertThat(firstValue(first)).isLessThan(BATCHES * ROWS);
                assertThat(firstValue(second)).isGreaterThanOrEqualTo(BATCHES * ROWS);
            }
            assertThat(take(first, 1)).isZero();
        }
        assertThat(memory.reservedBytes()).isZero();
    }

    @Test
    void aWorkerAloneReadsWhatAllHaveCollected() {
        collect(BATCHES * ROWS);
        try (SourceWorker only = shared.source().newWorker(context)) {
            assertThat(take(only, 2 * BATCHES + 1)).isEqualTo(2 * BATCHES * ROWS);
        }
    }

    private static long firstValue(SourceWorker reader) {
        try (Batch batch = ((ReadResult.Ready) reader.produce()).batch()) {
            return NativeMemory.getLong(((FlatColumn) batch.column(0)).values(), 0);
        }
    }

    @Test
    void readersOfLaterRoundsReadAllAgain() {
        shared.keep();
        for (int round = 0; round < 3; round++) {
            try (SourceWorker reader = shared.source().newWorker(context)) {
                assertThat(take(reader, BATCHES + 1)).isEqualTo(BATCHES * ROWS);
            }
        }
    }
}
