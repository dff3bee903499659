package io.neuralake.conformance.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Readers that stall, leave, or are killed: the server's memory stays bounded, and nothing of their
/// queries is left behind. States of the server are awaited and times are printed, never asserted.
// Arrow's close() may throw anything, which the tests may, too.
@SuppressWarnings("try")
@Timeout(300)
class StreamTest {
    private static final String TEN_MILLION_ROWS =
            "SELECT v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6, v + 7"
                    + " FROM generate_series(1, 10000000) AS s(v)";

    private static final String ENDLESS_ROWS =
            "SELECT v, 'row ' || CAST(v AS VARCHAR) FROM generate_series(1, 100000000000) AS s(v)";

    /// Runs for hours before its first row.
    private static final String ENDLESS_WORK =
            "SELECT count(*) FROM lineitem a, lineitem b, nation c"
                    + " WHERE a.l_tax + b.l_tax + c.n_nationkey = -1";

    /// A tenth of the result of [#TEN_MILLION_ROWS].
    private static final long MOST_BYTES = 64L << 20;

    private static final long LARGEST_MESSAGE_BYTES = 12L << 20;
    private static final int MESSAGES_BEFORE_STALL = 3;
    private static final int SAMPLES = 40;
    private static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    @TempDir static Path folder;

    private static final Queue<LogRecord> LOGGED = new ConcurrentLinkedQueue<>();
    private static final Handler LOG =
            new Handler() {
                @Override
                public void publish(LogRecord record) {
                    LOGGED.add(record);
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    private static RunningServer server;
    private static BufferAllocator allocator;

    @BeforeAll
    static void startServer() throws IOException {
        Logger.getLogger("").addHandler(LOG);
        server = RunningServer.start(folder, 0.01);
        allocator = new RootAllocator();
    }

    /// A client may leave whenever it likes: no reason to log anything.
    @AfterEach
    void nothingIsLogged() {
        assertThat(LOGGED).extracting(LogRecord::getMessage).isEmpty();
    }

    @AfterAll
    static void stopServer() {
        Logger.getLogger("").removeHandler(LOG);
        server.close();
        allocator.close();
    }

    @Test
    void stalledReaderHoldsTheQueryBack() throws Exception {
        try (FlightSqlClient client = connect()) {
            long most = 0;
            try (FlightStream stream = stream(client, TEN_MILLION_ROWS)) {
                long rows = 0;
                for (int i = 0; i < MESSAGES_BEFORE_STALL; i++) {
                    assertThat(stream.next()).isTrue();
                    rows += stream.getRoot().getRowCount();
                }
                for (int i = 0; i < SAMPLES; i++) {
                    LockSupport.parkNanos(SAMPLE_NANOS);
                    ServerState state = ServerState.of(server);
                    assertThat(state.running()).isEqualTo(1);
                    most = Math.max(most, state.reservedBytes() + state.sendingBytes());
                }
                System.out.printf("a stalled reader costs at most %d bytes%n", most);
                assertThat(most).isBetween(1L, MOST_BYTES);
                while (stream.next()) {
                    rows += stream.getRoot().getRowCount();
                }
                assertThat(rows).isEqualTo(10_000_000);
            }
            ServerState.awaitIdle(server, "the last row of a stalled reader");
            nextQueryWorks(client);
        }
    }

    @Test
    void manyStalledReadersCostMemoryEachAndNoMore() throws Exception {
        int readers = 8;
        try (FlightSqlClient client = connect()) {
            FlightStream[] streams = new FlightStream[readers];
            for (int i = 0; i < readers; i++) {
                streams[i] = stream(client, TEN_MILLION_ROWS);
                assertThat(streams[i].next()).isTrue();
            }
            long most = 0;
            for (int i = 0; i < SAMPLES; i++) {
                LockSupport.parkNanos(SAMPLE_NANOS);
                ServerState state = ServerState.of(server);
                assertThat(state.running()).isEqualTo(readers);
                most = Math.max(most, state.reservedBytes() + state.sendingBytes());
            }
            System.out.printf("%d stalled readers cost at most %d bytes%n", readers, most);
            assertThat(most).isBetween(1L, readers * MOST_BYTES);
            nextQueryWorks(client);
            for (FlightStream stream : streams) {
                stream.close();
            }
            ServerState.awaitIdle(server, readers + " closed streams");
            nextQueryWorks(client);
        }
    }

    @Test
    void cancelledStreamsLeaveNothingBehind() throws Exception {
        try (FlightSqlClient client = connect()) {
            try (FlightStream stream = stream(client, ENDLESS_ROWS)) {
                assertThat(stream.next()).isTrue();
                stream.cancel("enough", null);
                ServerState.awaitIdle(server, "a cancelled stream of rows");
            }
            nextQueryWorks(client);
            try (FlightStream stream = stream(client, ENDLESS_WORK)) {
                ServerState.awaitRunning(server);
                stream.cancel("enough", null);
                ServerState.awaitIdle(server, "a cancelled stream before its first row");
            }
            nextQueryWorks(client);
        }
    }

    @Test
    void closedJdbcResultSetLeavesNothingBehind() throws Exception {
        try (TalkingProcess client = jdbc("close", ENDLESS_ROWS)) {
            client.await("reading");
            ServerState.awaitRunning(server);
            client.goOn();
            client.await("closed");
            ServerState.awaitIdle(server, "ResultSet.close()");
            client.goOn();
            client.await("next query: 25");
        }
        ServerState.awaitIdle(server, "the end of the client");
    }

    @ParameterizedTest
    @ValueSource(strings = {ENDLESS_ROWS, ENDLESS_WORK})
    void cancelledJdbcStatementLeavesNothingBehind(String sql) throws Exception {
        try (TalkingProcess client = jdbc("cancel", sql)) {
            client.await("reading");
            ServerState.awaitRunning(server);
            client.goOn();
            client.await("cancelled");
            ServerState.awaitIdle(server, "Statement.cancel()");
            client.goOn();
            client.await("next query: 25");
        }
        ServerState.awaitIdle(server, "the end of the client");
    }

    @Test
    void clientKilledWhileReadingLeavesNothingBehind() throws Exception {
        try (TalkingProcess client = jdbc("hold", ENDLESS_ROWS)) {
            client.await("reading");
            ServerState.awaitRunning(server);
            client.kill();
            ServerState.awaitIdle(server, "a client was killed that read");
        }
        try (FlightSqlClient client = connect()) {
            nextQueryWorks(client);
        }
    }

    @Test
    void clientKilledBeforeTheFirstRowLeavesNothingBehind() throws Exception {
        try (TalkingProcess client = jdbc("cancel", ENDLESS_WORK)) {
            client.await("reading");
            ServerState.awaitRunning(server);
            client.kill();
            ServerState.awaitIdle(server, "a client was killed that waited");
        }
        try (FlightSqlClient client = connect()) {
            nextQueryWorks(client);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT v, repeat('x', 100000) FROM generate_series(1, 1000) AS s(v)",
                "SELECT v, repeat('grün', CAST(v % 11 * 50000 AS INTEGER))"
                        + " FROM generate_series(1, 100) AS s(v)",
                "SELECT v, repeat('a', 3000000), repeat('b', 3000000)"
                        + " FROM generate_series(1, 20) AS s(v)",
                "SELECT v, CASE WHEN v % 1000 = 0 THEN repeat('long', 1000000) ELSE 'short' END"
                        + " FROM generate_series(1, 10000) AS s(v)",
                "SELECT v % 20, array_agg(repeat('e', 10000)) FROM generate_series(1, 5000) AS s(v)"
                        + " GROUP BY 1"
            })
    void longStringsKeepMessagesSmall(String sql) throws Exception {
        try (FlightSqlClient client = connect()) {
            long largest = 0;
            long total = 0;
            int messages = 0;
            try (FlightStream stream = stream(client, sql)) {
                while (stream.next()) {
                    long bytes = bytes(stream.getRoot());
                    largest = Math.max(largest, bytes);
                    total += bytes;
                    messages++;
                }
            }
            System.out.printf(
                    "%d bytes in %d messages of at most %d: %s%n", total, messages, largest, sql);
            assertThat(total).isGreaterThan(LARGEST_MESSAGE_BYTES);
            assertThat(largest).isLessThan(LARGEST_MESSAGE_BYTES);
            ServerState.awaitIdle(server, "the last row");
            nextQueryWorks(client);
        }
    }

    private static long bytes(VectorSchemaRoot root) {
        long bytes = 0;
        for (FieldVector vector : root.getFieldVectors()) {
            bytes += vector.getBufferSize();
        }
        return bytes;
    }

    private static FlightSqlClient connect() {
        return new FlightSqlClient(
                FlightClient.builder(
                                allocator,
                                Location.forGrpcInsecure("127.0.0.1", server.process().port()))
                        .build());
    }

    private static FlightStream stream(FlightSqlClient client, String sql) {
        FlightInfo info = client.execute(sql);
        return client.getStream(info.getEndpoints().getFirst().getTicket());
    }

    private static TalkingProcess jdbc(String way, String sql) throws IOException {
        return TalkingProcess.start(
                JdbcProcess.command(JdbcStreams.class, server, List.of(way, sql)));
    }

    private static void nextQueryWorks(FlightSqlClient client) throws Exception {
        try (FlightStream stream = stream(client, "SELECT count(*) FROM nation")) {
            assertThat(stream.next()).isTrue();
            assertThat(stream.getRoot().getVector(0).getObject(0)).isEqualTo(25L);
            assertThat(stream.next()).isFalse();
        }
    }
}
