package io.neuralake.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.planner.write.IngestRequest.Mode;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.type.ScalarType;

import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CallOptions;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.FlightSqlClient.ExecuteIngestOptions;
import org.apache.arrow.flight.sql.FlightSqlClient.PreparedStatement;
import org.apache.arrow.flight.sql.FlightSqlClient.Transaction;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions.TableExistsOption;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions.TableNotExistOption;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

// Arrow's close() may throw anything, which the tests may, too.
@SuppressWarnings("try")
@Timeout(120)
class WritingTest {
    private final RecordingEngine engine = new RecordingEngine();
    private BufferAllocator allocator;
    private FlightSqlService service;
    private FlightSqlClient client;

    @BeforeEach
    void start() throws Exception {
        allocator = new RootAllocator();
        service =
                FlightSqlService.start(
                        new FlightSqlService.Settings("127.0.0.1", 0, "test"),
                        engine,
                        QueryListener.NONE);
        client = connect();
    }

    private FlightSqlClient connect() {
        return new FlightSqlClient(
                FlightClient.builder(
                                allocator, Location.forGrpcInsecure("127.0.0.1", service.port()))
                        .build());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        service.close();
        allocator.close();
    }

    @Test
    void statementsRunInTheTransactionThatTheyName() {
        Transaction transaction = client.beginTransaction();
        assertThat(client.executeUpdate("A", transaction)).isEqualTo(1);
        assertThat(client.executeUpdate("B")).isEqualTo(1);
        client.commit(transaction);
        assertThat(engine.done).containsExactly("A in transaction[[]]", "B[[]]");
        assertThatThrownBy(() -> client.executeUpdate("C", transaction))
                .hasMessageContaining("[25P01]");
        assertThatThrownBy(() -> client.commit(transaction)).hasMessageContaining("[25P01]");
        client.rollback(transaction);
        assertThat(service.openTransactions()).isZero();
    }

    @Test
    void sqlTransactionLastsForTheConnection() {
        client.executeUpdate("BEGIN");
        client.executeUpdate("A");
        client.executeUpdate("COMMIT");
        client.executeUpdate("B");
        assertThat(engine.done).containsExactly("A in transaction[[]]", "B[[]]");
        assertThatThrownBy(() -> client.executeUpdate("ROLLBACK")).hasMessageContaining("[25P01]");
    }

    @Test
    void closedSessionAndLostConnectionRollBack() throws Exception {
        Transaction own = client.beginTransaction();
        try (FlightSqlClient another = connect()) {
            another.beginTransaction();
            another.beginTransaction();
            assertThat(service.openTransactions()).isEqualTo(3);
        }
        while (service.openTransactions() > 1) {
            Thread.onSpinWait();
        }
        client.executeUpdate("A", own);
        client.closeSession(new CloseSessionRequest());
        assertThat(service.openTransactions()).isZero();
        assertThatThrownBy(() -> client.commit(own)).hasMessageContaining("[25P01]");
    }

    @Test
    void preparedStatementGoesOnInTheNextTransactionButNeverWithout() throws Exception {
        Transaction first = client.beginTransaction();
        try (PreparedStatement statement = client.prepare("A", first)) {
            statement.executeUpdate();
            client.commit(first);
            assertThatThrownBy(statement::executeUpdate).hasMessageContaining("[25P01]");
            Transaction second = client.beginTransaction();
            statement.executeUpdate();
            client.rollback(second);
        }
        assertThat(engine.done).containsExactly("A in transaction[[]]", "A in transaction[[]]");
    }

    @Test
    void announcedUpdateRunsAtOnceAndOnce() throws Exception {
        FlightInfo info = client.execute("A");
        assertThat(engine.done).containsExactly("A[[]]");
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket())) {
            assertThat(stream.next()).isTrue();
            assertThat(stream.getRoot().getVector("count").getObject(0)).isEqualTo(1L);
            assertThat(stream.next()).isFalse();
        }
        assertThat(engine.done).containsExactly("A[[]]");
        assertThatThrownBy(() -> client.execute("CHECK_VIOLATION")).hasMessageContaining("[23514]");
    }

    @Test
    void rowsOfParametersRunTogether() throws Exception {
        try (PreparedStatement statement = client.prepare("A ? ?");
                VectorSchemaRoot root =
                        VectorSchemaRoot.create(statement.getParameterSchema(), allocator)) {
            for (int column = 0; column < 2; column++) {
                for (int row = 0; row < 3; row++) {
                    ((BigIntVector) root.getVector(column)).setSafe(row, 10 * row + column);
                }
            }
            root.setRowCount(3);
            statement.setParameters(root);
            assertThat(statement.executeUpdate()).isEqualTo(3);
            statement.clearParameters();
        }
        assertThat(engine.done).containsExactly("A ? ?[[0, 1], [10, 11], [20, 21]]");
    }

    @Test
    void noRowsOfParametersRunNothing() throws Exception {
        try (PreparedStatement statement = client.prepare("A ?");
                VectorSchemaRoot root =
                        VectorSchemaRoot.create(statement.getParameterSchema(), allocator)) {
            ((BigIntVector) root.getVector(0)).setSafe(0, 7);
            root.setRowCount(1);
            statement.setParameters(root);
            client.getStream(statement.execute().getEndpoints().get(0).getTicket()).close();
            assertThat(engine.done).containsExactly("A ?[[7]]");
            root.setRowCount(0);
            assertThat(statement.executeUpdate()).isZero();
            statement.clearParameters();
        }
        assertThat(engine.done).containsExactly("A ?[[7]]");
    }

    @Test
    void committedUpdateIsNotCancelled() {
        FlightInfo info = client.execute("A");
        assertThat(client.cancelFlightInfo(new CancelFlightInfoRequest(info)).getStatus())
                .isEqualTo(CancelStatus.NOT_CANCELLABLE);
    }

    @Test
    void updateStopsWhenItsCallIsCancelled() throws Exception {
        CallOption soon = CallOptions.timeout(1, TimeUnit.SECONDS);
        assertThatThrownBy(() -> client.executeUpdate("WAIT", soon))
                .isInstanceOf(FlightRuntimeException.class);
        engine.waiting.await();
        assertThatThrownBy(() -> client.execute("WAIT", soon))
                .isInstanceOf(FlightRuntimeException.class);
        try (PreparedStatement statement = client.prepare("WAIT")) {
            assertThatThrownBy(() -> statement.executeUpdate(soon))
                    .isInstanceOf(FlightRuntimeException.class);
        }
        while (engine.done.size() < 3) {
            Thread.onSpinWait();
        }
        assertThat(engine.done)
                .containsExactly("WAIT CANCELLED", "WAIT CANCELLED", "WAIT CANCELLED");
    }

    @Test
    void onlyWhatChangesTheSessionKeepsIt() {
        client.executeUpdate("A");
        client.execute("A");
        assertThat(service.keptSessions()).isZero();
        client.executeUpdate("BEGIN");
        assertThat(service.keptSessions()).isEqualTo(1);
    }

    @Test
    void schemaIsThatOfTheTransaction() {
        Transaction transaction = client.beginTransaction();
        client.getExecuteSchema("A", transaction);
        assertThat(engine.prepared).containsExactly("A in transaction");
        client.rollback(transaction);
        assertThatThrownBy(() -> client.getExecuteSchema("A", transaction))
                .hasMessageContaining("[25P01]");
    }

    @Test
    void statementOnItsWayDoesNotOutliveItsTransaction() {
        for (boolean commits : new boolean[] {true, false}) {
            Transaction transaction = client.beginTransaction();
            engine.beforeRun =
                    () -> {
                        if (commits) {
                            client.commit(transaction);
                        } else {
                            client.rollback(transaction);
                        }
                    };
            assertThatThrownBy(() -> client.executeUpdate("A", transaction))
                    .hasMessageContaining("[25P01]");
        }
        assertThat(engine.done).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "TABLE_EXISTS, ALREADY_EXISTS",
        "TRANSACTION_CONFLICT, UNAVAILABLE",
        "COMMIT_UNKNOWN, UNKNOWN",
        "NOT_NULL_VIOLATION, INVALID_ARGUMENT",
        "FAILED_TRANSACTION, INVALID_ARGUMENT"
    })
    void errorsHaveTheirStatus(ErrorCode code, FlightStatusCode status) {
        assertThatThrownBy(() -> client.executeUpdate(code.name()))
                .isInstanceOfSatisfying(
                        FlightRuntimeException.class,
                        e -> {
                            assertThat(e.status().code()).isEqualTo(status);
                            assertThat(e.status().metadata().get("sqlstate"))
                                    .isEqualTo(code.sqlState());
                        });
    }

    private static ExecuteIngestOptions options(
            TableNotExistOption missing, TableExistsOption there, Map<String, String> more) {
        return new ExecuteIngestOptions(
                "t",
                TableDefinitionOptions.newBuilder()
                        .setIfNotExist(missing)
                        .setIfExists(there)
                        .build(),
                null,
                "s",
                more);
    }

    private static ExecuteIngestOptions append() {
        return options(
                TableNotExistOption.TABLE_NOT_EXIST_OPTION_FAIL,
                TableExistsOption.TABLE_EXISTS_OPTION_APPEND,
                Map.of());
    }

    private VectorSchemaRoot numbers(int count) {
        BigIntVector vector = new BigIntVector("n", allocator);
        vector.allocateNew(count);
        for (int i = 0; i < count; i++) {
            vector.set(i, i);
        }
        vector.setValueCount(count);
        return new VectorSchemaRoot(List.of(vector));
    }

    @ParameterizedTest
    @CsvSource({
        "CREATE, FAIL, CREATE",
        "FAIL, APPEND, APPEND",
        "CREATE, REPLACE, REPLACE",
        "CREATE, APPEND, CREATE_OR_APPEND"
    })
    void loadsInEveryMode(String missing, String there, Mode mode) {
        try (VectorSchemaRoot rows = numbers(40_000)) {
            long count =
                    client.executeIngest(
                            rows,
                            options(
                                    TableNotExistOption.valueOf(
                                            "TABLE_NOT_EXIST_OPTION_" + missing),
                                    TableExistsOption.valueOf("TABLE_EXISTS_OPTION_" + there),
                                    Map.of("neuralake.idempotency_key", "k")));
            assertThat(count).isEqualTo(40_000);
        }
        assertThat(engine.done).containsExactly("load of t: 40000 [0, 16384, 32768]");
        assertThat(engine.loads.getFirst().mode()).isEqualTo(mode);
        assertThat(engine.loads.getFirst().key()).isEqualTo("k");
        assertThat(engine.loads.getFirst().schema()).isEqualTo("s");
        assertThat(engine.loads.getFirst().catalog()).isNull();
        assertThat(engine.loads.getFirst().columns().field(0).type()).isEqualTo(ScalarType.BIGINT);
    }

    @Test
    void loadIsPartOfTheTransactionThatItNames() {
        Transaction transaction = client.beginTransaction();
        try (VectorSchemaRoot rows = numbers(2)) {
            client.executeIngest(rows, append(), transaction);
        }
        client.commit(transaction);
        assertThat(engine.done).containsExactly("load of t: 2 in transaction [0]");
    }

    @Test
    void loadRefusesWhatItDoesNotKnow() {
        refused(
                options(
                        TableNotExistOption.TABLE_NOT_EXIST_OPTION_CREATE,
                        TableExistsOption.TABLE_EXISTS_OPTION_FAIL,
                        Map.of("nonsense", "1")),
                "[0A000]");
        refused(
                options(
                        TableNotExistOption.TABLE_NOT_EXIST_OPTION_FAIL,
                        TableExistsOption.TABLE_EXISTS_OPTION_FAIL,
                        Map.of()),
                "[22023]");
        refused(
                new ExecuteIngestOptions(
                        "t",
                        TableDefinitionOptions.newBuilder()
                                .setIfNotExist(TableNotExistOption.TABLE_NOT_EXIST_OPTION_CREATE)
                                .setIfExists(TableExistsOption.TABLE_EXISTS_OPTION_FAIL)
                                .build(),
                        true,
                        null,
                        null,
                        Map.of()),
                "[0A000]");
    }

    private void refused(ExecuteIngestOptions options, String state) {
        try (VectorSchemaRoot rows = numbers(2)) {
            assertThatThrownBy(() -> client.executeIngest(rows, options))
                    .hasMessageContaining(state);
        }
        assertThat(engine.loads).isEmpty();
    }

    @Test
    void loadThatFailsAnswersWhileTheClientSends() {
        engine.failAfter = 0;
        try (VectorSchemaRoot rows = numbers(400_000)) {
            assertThatThrownBy(() -> client.executeIngest(rows, append()))
                    .hasMessageContaining("[23514]");
        }
        assertThat(service.sendingBytes()).isZero();
    }

    @Test
    void loadWithoutRowsHasColumns() {
        try (VectorSchemaRoot rows = numbers(0)) {
            assertThat(client.executeIngest(rows, append())).isZero();
        }
        assertThat(engine.done).containsExactly("load of t: 0 []");
    }

    @Test
    void slowLoadHoldsTheClientBackAndLostClientFailsIt() throws Exception {
        CountDownLatch mayRead = new CountDownLatch(1);
        engine.mayRead = mayRead;
        try (BufferAllocator own = new RootAllocator();
                FlightClient raw =
                        FlightClient.builder(
                                        own, Location.forGrpcInsecure("127.0.0.1", service.port()))
                                .build()) {
            Endless endless = new Endless(raw, own);
            Thread sender = Thread.ofPlatform().start(endless);
            while (engine.loads.isEmpty() || !endless.isHeldBack()) {
                Thread.onSpinWait();
            }
            assertThat(service.sendingBytes()).isLessThan(64L << 20);
            endless.cancel();
            mayRead.countDown();
            sender.join();
        }
        while (engine.done.isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(engine.done).containsExactly("load of t failed: CANCELLED");
    }

    @Test
    void textsAndNullsArrive() {
        Field field = new Field("s", FieldType.nullable(ArrowType.Utf8.INSTANCE), null);
        try (VectorSchemaRoot rows =
                VectorSchemaRoot.create(new Schema(List.of(field)), allocator)) {
            VarCharVector texts = (VarCharVector) rows.getVector(0);
            texts.setSafe(0, "longer than a view holds".getBytes(StandardCharsets.UTF_8));
            texts.setNull(1);
            rows.setRowCount(2);
            assertThat(client.executeIngest(rows, append())).isEqualTo(2);
        }
        assertThat(engine.done).containsExactly("load of t: 2 [longer than a view holds]");
    }

    @Test
    void infoTellsWhatCanBeWritten() throws Exception {
        assertThat(info(3)).isEqualTo(false);
        assertThat(info(8)).isEqualTo(1);
        assertThat(info(10)).isEqualTo(true);
        assertThat(info(11)).isEqualTo(true);
    }

    private @Nullable Object info(int code) throws Exception {
        FlightInfo info = client.getSqlInfo(List.of(code));
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket())) {
            stream.next();
            return stream.getRoot().getVector("value").getObject(0);
        }
    }
}
