package io.neuralake.planner.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.neuralake.planner.write.IngestRequest.Mode;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.connector.BatchSource;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.MemoryReservation;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.util.List;

/// Bulk loads.
class IngestionTest {
    private static final Schema COLUMNS =
            Schema.of(Field.of("NAME", ScalarType.VARCHAR), Field.of("id", ScalarType.BIGINT));

    private final WriteFixture lake = new WriteFixture();

    @BeforeEach
    void makeTable() {
        lake.run("create table t (id integer not null, name varchar, n integer default 5)");
    }

    @AfterEach
    void close() {
        lake.close();
    }

    /// Gives batches of two rows.
    private static final class Batches implements BatchSource {
        private final long count;
        private long next;
        private boolean closed;

        Batches(long count) {
            this.count = count;
        }

        @Override
        public ReadResult read() {
            if (next == count) {
                return ReadResult.Finished.INSTANCE;
            }
            next++;
            return new ReadResult.Ready(
                    Batch.of(
                            2,
                            ColumnBuilder.of(
                                    HeapFree.INSTANCE,
                                    ScalarType.VARCHAR,
                                    List.of("x" + next, "y")),
                            ColumnBuilder.of(
                                    HeapFree.INSTANCE,
                                    ScalarType.BIGINT,
                                    List.of(next * 2, next * 2 + 1))));
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private enum HeapFree implements MemoryAllocator {
        INSTANCE;

        @Override
        public DataBuffer allocate(long bytes) {
            return DataBuffer.ofSegment(
                    Arena.ofAuto().allocate(bytes + PADDING, 64).asSlice(0, bytes), () -> {});
        }

        @Override
        public MemoryReservation reservation(String owner) {
            throw new UnsupportedOperationException();
        }
    }

    private long ingest(String table, Mode mode, @Nullable String key, Batches rows) {
        return lake.engine.ingest(
                new IngestRequest(null, null, table, mode, COLUMNS, key, rows), lake.session);
    }

    private ErrorCode fails(String table, Mode mode, Schema columns) {
        Batches rows = new Batches(1);
        NeuralakeException e =
                catchThrowableOfType(
                        NeuralakeException.class,
                        () ->
                                lake.engine.ingest(
                                        new IngestRequest(
                                                "lake", "main", table, mode, columns, null, rows),
                                        lake.session));
        assertThat(rows.closed).isTrue();
        return e.code();
    }

    @Test
    void appendsByNameWithDefaults() {
        Batches rows = new Batches(3);
        assertThat(ingest("T", Mode.APPEND, null, rows)).isEqualTo(6);
        assertThat(rows.closed).isTrue();
        assertThat(lake.texts("select id, name, n from t order by id"))
                .containsExactly("2|x1|5", "3|y|5", "4|x2|5", "5|y|5", "6|x3|5", "7|y|5");
    }

    @Test
    void createsReplacesAndAppends() {
        assertThat(ingest("u", Mode.CREATE, null, new Batches(2))).isEqualTo(4);
        assertThat(ingest("u", Mode.CREATE_OR_APPEND, null, new Batches(1))).isEqualTo(2);
        assertThat(ingest("v", Mode.CREATE_OR_APPEND, null, new Batches(1))).isEqualTo(2);
        assertThat(lake.texts("select count(*) from u")).containsExactly("6");
        assertThat(ingest("u", Mode.REPLACE, null, new Batches(1))).isEqualTo(2);
        assertThat(lake.texts("select id, name from u order by id")).containsExactly("2|x1", "3|y");
    }

    @Test
    void aKeyMakesItHappenOnce() {
        assertThat(ingest("t", Mode.APPEND, "k", new Batches(2))).isEqualTo(4);
        assertThat(ingest("t", Mode.APPEND, "k", new Batches(2))).isZero();
        assertThat(lake.texts("select count(*) from t")).containsExactly("4");
    }

    @Test
    void staysInsideOfATransaction() {
        lake.session.begin();
        assertThat(ingest("t", Mode.APPEND, null, new Batches(2))).isEqualTo(4);
        assertThat(lake.texts("select count(*) from t")).containsExactly("4");
        lake.session.rollback();
        assertThat(lake.texts("select count(*) from t")).containsExactly("0");
    }

    @Test
    void refusesWhatDoesNotFit() {
        Schema other = Schema.of(Field.of("q", ScalarType.BIGINT));
        Schema wrong =
                Schema.of(Field.of("id", ScalarType.BOOLEAN), Field.of("n", ScalarType.BIGINT));
        Schema missing = Schema.of(Field.of("name", ScalarType.VARCHAR));
        assertThat(fails("t", Mode.APPEND, other)).isEqualTo(ErrorCode.COLUMN_NOT_FOUND);
        assertThat(fails("t", Mode.APPEND, wrong)).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(fails("t", Mode.APPEND, missing)).isEqualTo(ErrorCode.NOT_NULL_VIOLATION);
        assertThat(fails("t", Mode.CREATE, COLUMNS)).isEqualTo(ErrorCode.TABLE_EXISTS);
        assertThat(fails("nix", Mode.APPEND, COLUMNS)).isEqualTo(ErrorCode.TABLE_NOT_FOUND);
    }

    @Test
    void refusesInATransactionWhatWouldNotBePartOfIt() {
        lake.session.begin();
        assertThat(refused("u", Mode.CREATE, null)).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(refused("u", Mode.CREATE_OR_APPEND, null)).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(refused("t", Mode.REPLACE, null)).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(refused("t", Mode.APPEND, "k")).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(lake.lake.tables("main")).containsExactly("t");
        assertThat(ingest("t", Mode.CREATE_OR_APPEND, null, new Batches(1))).isEqualTo(2);
        lake.session.rollback();
        assertThat(ingest("t", Mode.APPEND, "k", new Batches(1))).isEqualTo(2);
    }

    private ErrorCode refused(String table, Mode mode, @Nullable String key) {
        Batches rows = new Batches(1);
        NeuralakeException e =
                catchThrowableOfType(
                        NeuralakeException.class, () -> ingest(table, mode, key, rows));
        assertThat(rows.closed).isTrue();
        lake.session.rollback();
        lake.session.begin();
        return e.code();
    }
}
