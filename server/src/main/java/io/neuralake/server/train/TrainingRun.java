package io.neuralake.server.train;

import io.neuralake.exec.EngineSettings;
import io.neuralake.server.IdleMemory;
import io.neuralake.server.LakeServer;
import io.neuralake.server.ServerProcess;
import io.neuralake.server.ServerSettings;
import io.neuralake.server.WarmUp;
import io.neuralake.server.bench.TpchQueries;
import io.neuralake.server.generate.DataSetWriter;
import io.neuralake.server.generate.SignalsTables;
import io.neuralake.server.generate.TpchTables;

import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.FlightSqlClient.PreparedStatement;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Runs what users run, on little data: the TPC-H queries embedded and over Flight SQL, every output
/// format, prepared statements, metadata, the shell and the HTTP side. A Java process that records
/// an AOT cache meanwhile finds the classes to load and link beforehand, and what is hot.
public final class TrainingRun {
    private static final double TPCH_SCALE = 0.01;
    private static final double SIGNALS_SCALE = 0.01;
    private static final int ROUNDS = 2;
    private static final String HOST = "127.0.0.1";
    private static final List<String> FORMATS = List.of("table", "csv", "json", "arrow", "parquet");
    private static final List<String> TEXT_FORMATS = FORMATS.subList(0, 3);

    private static final List<String> STATEMENTS =
            List.of(
                    "SELECT 1",
                    "SHOW TABLES",
                    "DESCRIBE lineitem",
                    "SUMMARIZE nation",
                    "EXPLAIN ANALYZE SELECT count(*) FROM orders",
                    "SELECT table_schema, table_name FROM information_schema.tables",
                    "SELECT n, upper(name) FROM small_csv ORDER BY n",
                    "SELECT n, at FROM small_json WHERE n > 1",
                    "SELECT channel, count(*) FROM signals.spikes GROUP BY channel ORDER BY 2 DESC"
                            + " LIMIT 5",
                    "SELECT o_orderkey, row_number() OVER (PARTITION BY o_custkey ORDER BY"
                            + " o_orderdate) FROM orders LIMIT 10",
                    "SELECT l_returnflag, stddev(l_quantity), median(l_tax), list(l_linenumber)[1],"
                            + " string_agg(l_shipmode, ',' ORDER BY l_orderkey) FROM lineitem"
                            + " GROUP BY ALL",
                    "SELECT p_name FROM part WHERE p_name ILIKE '%green%' AND p_size BETWEEN 1 AND"
                        + " 5 UNION SELECT s_name FROM supplier EXCEPT SELECT n_name FROM nation",
                    "SELECT l_shipdte FROM lineitem",
                    "SELECT FROM WHERE");

    private final Path folder;
    private final CommandRunner commands;

    /// Runs a command line.
    @FunctionalInterface
    public interface CommandRunner {
        /// Runs a command and returns its exit status.
        int run(String... arguments);
    }

    /// Prepares a run.
    ///
    /// @param folder of the data; stays the caller's
    public TrainingRun(Path folder, CommandRunner commands) {
        this.folder = folder;
        this.commands = commands;
    }

    /// Runs everything, in an empty folder. Statements that fail are part of it; throws IOException
    /// when no data can be written or no port be had.
    public void run() throws IOException {
        writeData();
        commands.run("version");
        commands.run("--help");
        commands.run("doctor", "--port", "0", "--http-port", "0");
        embedded();
        overTheNetwork();
    }

    /// Runs only what commands need that answer one question in this process, over data that was
    /// written before.
    public void runQueries() {
        commands.run("version");
        commands.run("--help");
        commands.run("sql", "SELECT 1");
        for (int query = 1; query <= TpchQueries.COUNT; query++) {
            sql("--lake", folder.toString(), query, TpchQueries.text(query), TEXT_FORMATS);
        }
        for (int i = 0; i < STATEMENTS.size(); i++) {
            sql("--lake", folder.toString(), i, STATEMENTS.get(i), TEXT_FORMATS);
        }
    }

    /// Writes the data of all runs.
    public void writeData() throws IOException {
        DataSetWriter.Progress silent = (_, _, _, _) -> {};
        DataSetWriter.write(TpchTables.at(TPCH_SCALE), folder, DataSetWriter.Layout.FILES, silent);
        DataSetWriter.write(
                SignalsTables.at(SIGNALS_SCALE),
                folder.resolve("signals"),
                DataSetWriter.Layout.FOLDERS,
                silent);
        Files.writeString(folder.resolve("small_csv.csv"), "n,name\n1,one\n2,two\n");
        Files.writeString(
                folder.resolve("small_json.ndjson"),
                "{\"n\": 1, \"at\": \"2026-01-01\"}\n{\"n\": 2, \"at\": \"2026-01-02\"}\n");
    }

    private void embedded() {
        commands.run("sql", "SELECT 1");
        for (int round = 0; round < ROUNDS; round++) {
            for (int query = 1; query <= TpchQueries.COUNT; query++) {
                sql("--lake", folder.toString(), query, TpchQueries.text(query), FORMATS);
            }
        }
        for (int i = 0; i < STATEMENTS.size(); i++) {
            sql("--lake", folder.toString(), i, STATEMENTS.get(i), FORMATS);
        }
        // Standard input is no terminal: this reads an empty script, or shows the shell's end.
        commands.run("sql", "--lake", folder.toString());
    }

    private void sql(
            String option, String target, int number, String statement, List<String> formats) {
        String format = formats.get(number % formats.size());
        commands.run("sql", option, target, "--format", format, statement);
    }

    private void overTheNetwork() throws IOException {
        ServerSettings settings = new ServerSettings(HOST, 0, 0, false);
        try (LakeServer lake = LakeServer.open(folder.toString(), EngineSettings.defaults());
                ServerProcess process = ServerProcess.start(lake, settings)) {
            try (WarmUp warmUp = lake.warmUp(1)) {
                warmUp.steps().forEach(Runnable::run);
            }
            IdleMemory.RELEASES.forEach(Runnable::run);
            String url = "grpc://" + HOST + ":" + process.port();
            for (int query = 1; query <= TpchQueries.COUNT; query++) {
                sql("--connect", url, query, TpchQueries.text(query), FORMATS);
            }
            for (int i = 0; i < STATEMENTS.size(); i++) {
                sql("--connect", url, i, STATEMENTS.get(i), FORMATS);
            }
            client(process.port());
            for (String path : List.of("/healthz", "/readyz", "/metrics")) {
                get(URI.create("http://" + HOST + ":" + process.httpPort() + path));
            }
        }
    }

    private static void get(URI address) throws IOException {
        try (var in = address.toURL().openStream()) {
            in.readAllBytes();
        }
    }

    /// Does what drivers do.
    // Closing a stream is declared to throw any exception, an interruption among them.
    @SuppressWarnings("try")
    private static void client(int port) throws IOException {
        try (BufferAllocator allocator = new RootAllocator();
                FlightSqlClient client =
                        new FlightSqlClient(
                                FlightClient.builder(
                                                allocator, Location.forGrpcInsecure(HOST, port))
                                        .build())) {
            drain(client, client.getCatalogs());
            drain(client, client.getSchemas(null, null));
            drain(client, client.getTables(null, null, "n%", null, true));
            drain(client, client.getTableTypes());
            drain(client, client.getXdbcTypeInfo());
            drain(client, client.getSqlInfo(new int[0]));
            try (PreparedStatement statement =
                            client.prepare("SELECT n_name FROM nation WHERE n_nationkey = ?");
                    VectorSchemaRoot parameters =
                            VectorSchemaRoot.create(statement.getParameterSchema(), allocator)) {
                if (parameters.getVector(0) instanceof BigIntVector keys) {
                    keys.setSafe(0, 1);
                    parameters.setRowCount(1);
                }
                statement.setParameters(parameters);
                drain(client, statement.execute());
            }
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @SuppressWarnings("try")
    private static void drain(FlightSqlClient client, FlightInfo info) throws Exception {
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket())) {
            while (stream.next()) {
                stream.getRoot().getRowCount();
            }
        }
    }
}
