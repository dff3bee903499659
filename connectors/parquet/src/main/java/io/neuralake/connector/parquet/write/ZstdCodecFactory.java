package io.neuralake.connector.parquet.write;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;

import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Compresses pages with zstd, without Hadoop's codec classes. Only for writing. Thread-safe.
final class ZstdCodecFactory implements CompressionCodecFactory {
    private final int level;
    private final Queue<ZstdCompressCtx> contexts = new ConcurrentLinkedQueue<>();

    /// Compresses at a level of 1 to 22.
    ZstdCodecFactory(int level) {
        this.level = level;
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName name) {
        return new BytesInputCompressor() {
            @Override
            public BytesInput compress(BytesInput bytes) throws IOException {
                return BytesInput.from(compressed(bytes(bytes)));
            }

            @Override
            public CompressionCodecName getCodecName() {
                return CompressionCodecName.ZSTD;
            }

            @Override
            public void release() {
                ZstdCodecFactory.this.release();
            }
        };
    }

    /// A context is large, and takes long to make: threads take turns with some.
    private byte[] compressed(byte[] bytes) {
        ZstdCompressCtx free = contexts.poll();
        ZstdCompressCtx context = free == null ? new ZstdCompressCtx().setLevel(level) : free;
        try {
            return context.compress(bytes);
        } finally {
            contexts.add(context);
        }
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
        return new BytesInputDecompressor() {
            @Override
            public BytesInput decompress(BytesInput bytes, int size) throws IOException {
                return BytesInput.from(Zstd.decompress(bytes(bytes), size));
            }

            @Override
            public void decompress(
                    ByteBuffer input, int compressedSize, ByteBuffer output, int size) {
                byte[] from = new byte[compressedSize];
                input.get(from);
                output.put(Zstd.decompress(from, size));
            }

            @Override
            public void release() {}
        };
    }

    /// Frees what compressing needed; idempotent.
    @Override
    public void release() {
        for (ZstdCompressCtx free = contexts.poll(); free != null; free = contexts.poll()) {
            free.close();
        }
    }

    /// Returns a copy of bytes.
    static byte[] bytes(BytesInput input) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.toIntExact(input.size()));
        input.writeAllTo(bytes);
        return bytes.toByteArray();
    }
}
