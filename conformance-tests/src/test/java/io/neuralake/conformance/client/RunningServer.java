package io.neuralake.conformance.client;

import io.neuralake.exec.EngineSettings;
import io.neuralake.server.LakeServer;
import io.neuralake.server.ServerProcess;
import io.neuralake.server.ServerSettings;
import io.neuralake.server.generate.DataSetWriter;
import io.neuralake.server.generate.TpchTables;

import java.io.IOException;
import java.nio.file.Path;

/// A server on free loopback ports over TPC-H.
record RunningServer(LakeServer lake, ServerProcess process) implements AutoCloseable {
    static RunningServer start(Path folder, double scale) throws IOException {
        DataSetWriter.write(
                TpchTables.at(scale), folder, DataSetWriter.Layout.FILES, (t, r, e, d) -> {});
        return over(folder);
    }

    /// Starts over a lake as it is.
    static RunningServer over(Path folder) throws IOException {
        LakeServer lake =
                LakeServer.open(folder.toString(), EngineSettings.defaults().withThreads(2));
        return new RunningServer(
                lake, ServerProcess.start(lake, new ServerSettings("127.0.0.1", 0, 0, false)));
    }

    @Override
    public void close() {
        process.close();
        lake.close();
    }
}
