package io.neuralake.server.output;

import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;

/// Writes the Arrow IPC stream format.
public final class ArrowStreamOutput implements ResultWriter {
    private final OutputStream out;
    private @Nullable WriteChannel channel;

    /// Writes to `out`, which stays the caller's.
    public ArrowStreamOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public void begin(Schema schema) throws IOException {
        channel = new WriteChannel(Channels.newChannel(out));
        MessageSerializer.serialize(channel, schema);
    }

    @Override
    public void batch(VectorSchemaRoot root) throws IOException {
        try (ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
            MessageSerializer.serialize(opened(), batch);
        }
    }

    @Override
    public void end() throws IOException {
        // End of stream: continuation marker and a zero length.
        opened().writeIntLittleEndian(MessageSerializer.IPC_CONTINUATION_TOKEN);
        opened().writeIntLittleEndian(0);
        out.flush();
    }

    private WriteChannel opened() {
        if (channel == null) {
            throw new IllegalStateException("begin was not called");
        }
        return channel;
    }
}
