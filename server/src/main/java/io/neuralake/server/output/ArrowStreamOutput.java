package io.neuralake.server.output;

import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.util.List;

/// Writes the Arrow IPC stream format.
public final class ArrowStreamOutput implements ResultWriter {
    private final OutputStream out;
    private List<Field> columns = List.of();
    private @Nullable WriteChannel channel;

    /// Writes to `out`, which stays the caller's.
    public ArrowStreamOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public void begin(List<Field> columns) throws IOException {
        channel = new WriteChannel(Channels.newChannel(out));
        MessageSerializer.serialize(channel, new Schema(columns));
        this.columns = columns;
    }

    @Override
    public void batch(List<FieldVector> vectors, int rowCount) throws IOException {
        VectorSchemaRoot root = new VectorSchemaRoot(columns, vectors, rowCount);
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
