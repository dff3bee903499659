package io.neuralake.server.bench.load;

import io.neuralake.exec.EngineSettings;
import io.neuralake.server.LakeServer;
import io.neuralake.server.ServerProcess;
import io.neuralake.server.ServerSettings;
import io.neuralake.server.WarmUp;
import io.neuralake.server.bench.TpchQueries;
import io.neuralake.server.generate.PointsTable;
import io.neuralake.server.sql.ServerAddress;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// A server in this process on a free port of loopback, over a folder with the tables of TPC-H and
/// [PointsTable], and the allocator of its clients. Clients speak Arrow Flight SQL, so what they wait
/// for includes the protocol; they share the process's processors and heap with the server.
public final class LoadedServer implements AutoCloseable {
    private static final ServerSettings ANY_PORT = new ServerSettings("127.0.0.1", 0, 0, false);

    private final LakeServer lake;
    private final ServerProcess process;
    private final BufferAllocator allocator = new RootAllocator();

    /// Opens the folder and listens.
    public LoadedServer(Path folder, EngineSettings settings) {
        lake = LakeServer.open(folder.toString(), settings);
        try {
            process = ServerProcess.start(lake, ANY_PORT);
        } catch (RuntimeException | Error e) {
            lake.close();
            throw e;
        }
        try (WarmUp warmUp = lake.warmUp(1)) {
            warmUp.steps().forEach(Runnable::run);
        }
    }

    private ServerAddress address() {
        return ServerAddress.parse(ANY_PORT.url(process.port()));
    }

    /// Makes loads of this server.
    public Load load(Duration warmUp, Duration measured) {
        return new Load(address(), allocator, warmUp, measured);
    }

    /// Starts the heavy query beside: TPC-H Q1, which reads and groups nearly all of `lineitem`.
    ///
    /// @param folder of TPC-H of any scale; null for the server's own
    public HeavyQuery heavyQuery(@Nullable Path folder) {
        String sql = TpchQueries.text(1);
        return heavyQuery(
                folder == null
                        ? sql
                        : sql.replace(
                                "lineitem",
                                "'"
                                        + folder.resolve("lineitem.parquet")
                                                .toString()
                                                .replace("'", "''")
                                        + "'"));
    }

    HeavyQuery heavyQuery(String sql) {
        return new HeavyQuery(address(), allocator, sql);
    }

    /// Makes look-ups of single rows.
    public Workload pointLookups(Workload.Kind kind) {
        try (LoadClient client = new LoadClient(address(), allocator)) {
            long rows = client.value("SELECT CAST(count(*) AS INTEGER) FROM " + PointsTable.NAME);
            return new Workload.PointLookups(rows, kind);
        }
    }

    /// Makes the mix of a dashboard, the 22 queries of TPC-H, and runs each once for its number of
    /// rows.
    public Workload dashboard() {
        Map<String, Long> rows = new HashMap<>();
        try (LoadClient client = new LoadClient(address(), allocator)) {
            for (int number = 1; number <= TpchQueries.COUNT; number++) {
                String sql = TpchQueries.text(number);
                rows.put(sql, client.rows(sql));
            }
        }
        return new Workload.Dashboard(rows);
    }

    @Override
    public void close() {
        allocator.close();
        process.close();
        lake.close();
    }
}
