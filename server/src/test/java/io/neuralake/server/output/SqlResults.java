package io.neuralake.server.output;

import io.neuralake.exec.EngineSettings;
import io.neuralake.planner.SqlSession;
import io.neuralake.server.LakeServer;
import io.neuralake.server.sql.EmbeddedTarget;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Runs statements without a lake and writes their results.
final class SqlResults implements AutoCloseable {
    private final EmbeddedTarget target;

    SqlResults() {
        LakeServer lake = LakeServer.open(null, EngineSettings.defaults().withThreads(2));
        target = new EmbeddedTarget(lake.sql(), new SqlSession("test"), "no lake", lake);
    }

    String table(TableLayout layout, String sql) throws IOException {
        return new String(bytes(ResultFormat.TABLE, layout, sql), StandardCharsets.UTF_8);
    }

    String text(ResultFormat format, String sql) throws IOException {
        return new String(bytes(format, sql), StandardCharsets.UTF_8);
    }

    byte[] bytes(ResultFormat format, String sql) throws IOException {
        return bytes(format, TableLayout.WHOLE, sql);
    }

    private byte[] bytes(ResultFormat format, TableLayout layout, String sql) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ResultWriter writer = format.writer(out, layout)) {
            target.run(sql, writer);
        }
        return out.toByteArray();
    }

    @Override
    public void close() {
        target.close();
    }
}
