package io.neuralake.connector.parquet.write;

import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/// A local file that can be closed whatever has become of its writer: parquet-hadoop's leaves it open once a part could not be
/// written.
final class ClosableOutput implements OutputFile, Closeable {
    private final LocalOutputFile file;
    private @Nullable PositionOutputStream stream;

    ClosableOutput(Path path) {
        this.file = new LocalOutputFile(path);
    }

    @Override
    public PositionOutputStream create(long blockSizeHint) throws IOException {
        PositionOutputStream opened = file.create(blockSizeHint);
        stream = opened;
        return opened;
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) throws IOException {
        PositionOutputStream opened = file.createOrOverwrite(blockSizeHint);
        stream = opened;
        return opened;
    }

    @Override
    public boolean supportsBlockSize() {
        return file.supportsBlockSize();
    }

    @Override
    public long defaultBlockSize() {
        return file.defaultBlockSize();
    }

    @Override
    public String getPath() {
        return file.getPath();
    }

    /// Closes the stream, if one was opened and is open still.
    @Override
    public void close() throws IOException {
        PositionOutputStream opened = stream;
        stream = null;
        if (opened != null) {
            opened.close();
        }
    }
}
