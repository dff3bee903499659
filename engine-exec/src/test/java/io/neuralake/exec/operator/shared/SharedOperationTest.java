package io.neuralake.exec.operator.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.TestContext;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.row.RandomColumns;
import io.neuralake.exec.spill.SpillFixture;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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
        RandomColumns columns = new RandomColumns(1);
        try (SinkWorker sink = shared.sink().newWorker(context)) {
            for (int i = 0; i < BATCHES; i++) {
                sink.consume(
                        Batch.of(
                                ROWS,
                                columns.column(
                                        context.allocator(),
                                        ScalarType.BIGINT,
                                        RandomColumns.Form.PLAIN,
                                        ROWS,
                                        0,
                                        ROWS)));
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
    void readersOfLaterRoundsReadAllAgain() {
        shared.keep();
        for (int round = 0; round < 3; round++) {
            try (SourceWorker reader = shared.source().newWorker(context)) {
                assertThat(take(reader, BATCHES + 1)).isEqualTo(BATCHES * ROWS);
            }
        }
    }
}
