package io.neuralake.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.EngineSettings;
import io.neuralake.exec.LocalQueryEngine;
import io.neuralake.exec.QueryStatistics;
import io.neuralake.planner.LakeSqlEngine;
import io.neuralake.planner.RelOptimizer;
import io.neuralake.spi.catalog.Catalog;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.GetSessionOptionsRequest;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.client.ClientCookieMiddleware;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.util.TableRef;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

// Arrow's close() may throw anything, which the tests may, too.
@SuppressWarnings("try")
@Timeout(120)
class FlightSqlServiceTest {
    private record Finished(String sql, long rows, @Nullable ErrorCode error) {}

    private final LinkedBlockingQueue<Finished> finished = new LinkedBlockingQueue<>();
    private BufferAllocator allocator;
    private LocalQueryEngine queries;
    private FlightSqlService service;
    private FlightSqlClient client;

    @BeforeEach
    void start() throws Exception {
        allocator = new RootAllocator();
        queries = new LocalQueryEngine(new EngineSettings(2, 512L << 20));
        LakeSqlEngine engine =
                new LakeSqlEngine(
                        List.of(new TwoSchemas()),
                        List.of(),
                        path -> {
                            throw new NeuralakeException(
                                    ErrorCode.FILE_NOT_FOUND, "File not found: " + path);
                        },
                        new RelOptimizer(),
                        queries);
        service =
                FlightSqlService.start(
                        new FlightSqlService.Settings("127.0.0.1", 0, "test"),
                        engine,
                        new Recorder());
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
        queries.close();
        allocator.close();
    }

    private final class Recorder implements QueryListener {
        @Override
        public void queryStarted(String sql) {}

        @Override
        public void queryFinished(
                String sql,
                QueryStatistics statistics,
                long rows,
                long bytes,
                @Nullable ErrorCode error) {
            finished.add(new Finished(sql, rows, error));
        }
    }

    private static final class TwoSchemas implements Catalog {
        @Override
        public String name() {
            return "lake";
        }

        @Override
        public List<String> schemas() {
            return List.of("main", "maze");
        }

        @Override
        public List<String> tables(String schema) {
            return schema.equals("main") ? List.of("a_b", "axb") : List.of("c");
        }

        @Override
        public Optional<TableSnapshot> table(String schema, String table) {
            if (tables(schema).contains(table)) {
                throw new NeuralakeException(ErrorCode.CORRUPT_FILE, "Not a file: " + table);
            }
            return Optional.empty();
        }
    }

    private List<List<Object>> read(FlightInfo info) throws Exception {
        List<List<Object>> rows = new ArrayList<>();
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket())) {
            assertThat(stream.getSchema()).isEqualTo(info.getSchemaOptional().orElseThrow());
            while (stream.next()) {
                for (int row = 0; row < stream.getRoot().getRowCount(); row++) {
                    List<Object> values = new ArrayList<>();
                    for (FieldVector vector : stream.getRoot().getFieldVectors()) {
                        Object value = vector.getObject(row);
                        values.add(
                                value instanceof org.apache.arrow.vector.util.Text
                                        ? value.toString()
                                        : value);
                    }
                    rows.add(values);
                }
            }
        }
        return rows;
    }

    private List<List<Object>> run(String sql) throws Exception {
        return read(client.execute(sql));
    }

    @Test
    void queryAnswersAndIsToldToListener() throws Exception {
        assertThat(run("SELECT 1 AS a, 'x' AS b")).containsExactly(Arrays.asList(1, "x"));
        assertThat(finished.take()).isEqualTo(new Finished("SELECT 1 AS a, 'x' AS b", 1, null));
    }

    @Test
    void emptyResultHasSchema() throws Exception {
        FlightInfo info =
                client.execute(
                        "SELECT generate_series FROM generate_series(1, 3) WHERE generate_series >"
                                + " 5");
        assertThat(read(info)).isEmpty();
    }

    @Test
    void ticketIsGoodOnce() throws Exception {
        FlightInfo info = client.execute("SELECT 1");
        read(info);
        finished.take();
        assertThatThrownBy(() -> read(info)).hasMessageContaining("[26000]");
    }

    @Test
    void errorsCarrySqlStateAndPosition() {
        assertThatThrownBy(() -> client.execute("SELECT *\nFROM nowhere"))
                .isInstanceOfSatisfying(
                        FlightRuntimeException.class,
                        e -> {
                            assertThat(e.status().code()).isEqualTo(FlightStatusCode.NOT_FOUND);
                            assertThat(e.getMessage())
                                    .contains("[42P01] at line 2, column 6")
                                    .doesNotContain("\tat ");
                            assertThat(e.status().metadata().get("sqlstate")).isEqualTo("42P01");
                            assertThat(e.status().metadata().get("line")).isEqualTo("2");
                        });
        assertThatThrownBy(() -> client.execute("SELEC 1")).hasMessageContaining("[42601]");
        assertThatThrownBy(() -> run("INSERT INTO t VALUES (1)")).hasMessageContaining("[42P01]");
        assertThatThrownBy(() -> client.executeUpdate("INSERT INTO t VALUES (1)"))
                .hasMessageContaining("[42P01]");
    }

    @Test
    void errorInMidStreamIsAnError() throws Exception {
        String sql = "SELECT 1 / (500000 - generate_series) FROM generate_series(1, 1000000)";
        assertThatThrownBy(() -> run(sql)).hasMessageContaining("[22012]");
        assertThat(finished.take().error()).isEqualTo(ErrorCode.DIVISION_BY_ZERO);
        assertThat(run("SELECT 2")).containsExactly(List.of(2));
    }

    @Test
    void wideRowsMakeSmallMessages() throws Exception {
        FlightSqlClient.PreparedStatement statement =
                client.prepare(
                        "SELECT CASE WHEN generate_series = 7 THEN CAST(? AS VARCHAR)"
                                + " ELSE CAST(? AS VARCHAR) END AS s"
                                + " FROM generate_series(1, 300)");
        FlightInfo info;
        try (statement;
                VectorSchemaRoot root =
                        VectorSchemaRoot.create(statement.getParameterSchema(), allocator)) {
            root.allocateNew();
            ((VarCharVector) root.getVector(0)).setSafe(0, new byte[13_000_000]);
            ((VarCharVector) root.getVector(1)).setSafe(0, new byte[100_000]);
            root.setRowCount(1);
            statement.setParameters(root);
            info = statement.execute();
            statement.clearParameters();
        }
        long rows = 0;
        long largest = 0;
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket())) {
            while (stream.next()) {
                int count = stream.getRoot().getRowCount();
                rows += count;
                long bytes =
                        stream.getRoot().getFieldVectors().stream()
                                .mapToLong(FieldVector::getBufferSize)
                                .sum();
                if (count > 1) {
                    largest = Math.max(largest, bytes);
                }
            }
        }
        assertThat(rows).isEqualTo(300);
        assertThat(largest).isLessThan(12L << 20);
    }

    @Test
    void slowReaderHoldsQueryBack() throws Exception {
        FlightInfo info =
                client.execute(
                        "SELECT generate_series AS a, generate_series AS b"
                                + " FROM generate_series(1, 20000000)");
        long sum = 0;
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket())) {
            long most = 0;
            while (stream.next()) {
                most = Math.max(most, service.sendingBytes());
                sum += stream.getRoot().getRowCount();
            }
            assertThat(most).isLessThan(96L << 20);
        }
        assertThat(sum).isEqualTo(20_000_000);
    }

    @Test
    void droppedStreamStopsQuery() throws Exception {
        FlightInfo info =
                client.execute("SELECT generate_series FROM generate_series(1, 100000000000)");
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket())) {
            assertThat(stream.next()).isTrue();
            stream.cancel("enough", null);
        }
        assertThat(finished.poll(60, TimeUnit.SECONDS).error()).isEqualTo(ErrorCode.CANCELLED);
        assertThat(queries.reservedBytes()).isZero();
    }

    @Test
    void cancelStopsTheNamedQueryOnly() throws Exception {
        FlightInfo other = client.execute("SELECT 5");
        FlightInfo info =
                client.execute("SELECT generate_series FROM generate_series(1, 100000000000)");
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket())) {
            assertThat(stream.next()).isTrue();
            assertThat(client.cancelFlightInfo(new CancelFlightInfoRequest(info)).getStatus())
                    .isEqualTo(CancelStatus.CANCELLED);
            assertThatThrownBy(
                            () -> {
                                while (stream.next()) {
                                    // drains what was on its way
                                }
                            })
                    .isInstanceOfSatisfying(
                            FlightRuntimeException.class,
                            e ->
                                    assertThat(e.status().code())
                                            .isEqualTo(FlightStatusCode.CANCELLED));
        }
        assertThat(read(other)).containsExactly(List.of(5));
    }

    @Test
    void preparedStatementRunsWithManyRowsOfParameters() throws Exception {
        try (FlightSqlClient.PreparedStatement statement =
                client.prepare("SELECT CAST(? AS BIGINT) + 1 AS a")) {
            Schema parameters = statement.getParameterSchema();
            try (VectorSchemaRoot root = VectorSchemaRoot.create(parameters, allocator)) {
                BigIntVector vector = (BigIntVector) root.getVector(0);
                vector.allocateNew(3);
                vector.set(0, 10);
                vector.setNull(1);
                vector.set(2, 30);
                root.setRowCount(3);
                statement.setParameters(root);
                assertThat(read(statement.execute()))
                        .containsExactly(List.of(11L), Arrays.asList((Object) null), List.of(31L));
                statement.clearParameters();
            }
        }
        assertThatThrownBy(
                        () -> {
                            try (FlightSqlClient.PreparedStatement unbound =
                                    client.prepare("SELECT CAST(? AS BIGINT)")) {
                                unbound.execute();
                            }
                        })
                .hasMessageContaining("[07001]");
    }

    @Test
    void sessionStatementLastsForTheConnection() throws Exception {
        assertThat(client.executeUpdate("SET threads = 1")).isZero();
        assertThat(run("SHOW threads").toString()).contains("1");
        try (FlightSqlClient another = connect()) {
            FlightInfo info = another.execute("SHOW threads");
            try (FlightStream stream = another.getStream(info.getEndpoints().get(0).getTicket())) {
                stream.next();
                assertThat(stream.getRoot().contentToTSVString()).contains("0");
            }
        }
    }

    @Test
    void sessionOptionsFollowTheCookie() throws Exception {
        ClientCookieMiddleware.Factory cookies = new ClientCookieMiddleware.Factory();
        Location location = Location.forGrpcInsecure("127.0.0.1", service.port());
        try (FlightSqlClient first =
                        new FlightSqlClient(
                                FlightClient.builder(allocator, location)
                                        .intercept(cookies)
                                        .build());
                FlightSqlClient second =
                        new FlightSqlClient(
                                FlightClient.builder(allocator, location)
                                        .intercept(cookies)
                                        .build())) {
            assertThat(
                            first.setSessionOptions(
                                            new SetSessionOptionsRequest(
                                                    Map.of(
                                                            "schema",
                                                            SessionOptionValueFactory
                                                                    .makeSessionOptionValue("maze"),
                                                            "nonsense",
                                                            SessionOptionValueFactory
                                                                    .makeSessionOptionValue(1L))))
                                    .getErrors())
                    .containsOnlyKeys("nonsense");
            assertThat(
                            second.getSessionOptions(new GetSessionOptionsRequest())
                                    .getSessionOptions()
                                    .get("schema"))
                    .isEqualTo(SessionOptionValueFactory.makeSessionOptionValue("maze"));
            first.closeSession(new CloseSessionRequest());
            assertThat(
                            second.getSessionOptions(new GetSessionOptionsRequest())
                                    .getSessionOptions()
                                    .get("schema"))
                    .isEqualTo(SessionOptionValueFactory.makeSessionOptionValue("main"));
        }
    }

    @Test
    void metadataHasTheSpecifiedSchemas() throws Exception {
        TableRef table = TableRef.of("lake", "main", "t");
        check(client.getCatalogs(), Schemas.GET_CATALOGS_SCHEMA, 1);
        check(client.getSchemas(null, null), Schemas.GET_SCHEMAS_SCHEMA, 2);
        check(client.getSchemas("lake", "ma_n"), Schemas.GET_SCHEMAS_SCHEMA, 1);
        check(client.getSchemas("other", null), Schemas.GET_SCHEMAS_SCHEMA, 0);
        check(tables(null, null, false), Schemas.GET_TABLES_SCHEMA_NO_SCHEMA, 3);
        check(tables(null, "a_b", false), Schemas.GET_TABLES_SCHEMA_NO_SCHEMA, 2);
        check(tables(null, "a\\_b", true), Schemas.GET_TABLES_SCHEMA, 1);
        check(client.getTableTypes(), Schemas.GET_TABLE_TYPES_SCHEMA, 1);
        check(client.getPrimaryKeys(table), Schemas.GET_PRIMARY_KEYS_SCHEMA, 0);
        check(client.getExportedKeys(table), Schemas.GET_EXPORTED_KEYS_SCHEMA, 0);
        check(client.getImportedKeys(table), Schemas.GET_IMPORTED_KEYS_SCHEMA, 0);
        check(client.getCrossReference(table, table), Schemas.GET_CROSS_REFERENCE_SCHEMA, 0);
        check(client.getXdbcTypeInfo(-5), Schemas.GET_TYPE_INFO_SCHEMA, 1);
        FlightInfo all = client.getSqlInfo();
        assertThat(all.getSchemaOptional()).contains(Schemas.GET_SQL_INFO_SCHEMA);
        assertThat(read(all).size()).isGreaterThan(80);
        assertThat(read(client.getSqlInfo(List.of(0, 8, 9999)))).hasSize(2);
    }

    private FlightInfo tables(
            @Nullable String schemaPattern, @Nullable String tablePattern, boolean columns) {
        return client.getTables(null, schemaPattern, tablePattern, null, columns);
    }

    private void check(FlightInfo info, Schema schema, int rows) throws Exception {
        assertThat(info.getSchemaOptional()).contains(schema);
        assertThat(read(info)).hasSize(rows);
    }
}
