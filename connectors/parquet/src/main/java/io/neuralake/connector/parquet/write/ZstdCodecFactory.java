package io.neuralake.connector.parquet.write;

import com.github.luben.zstd.Zstd;

import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/// Compresses pages with zstd, without Hadoop's codec classes. Only for writing.
final class ZstdCodecFactory implements CompressionCodecFactory {
    private final int level;

    /// Compresses at a level of 1 to 22.
    ZstdCodecFactory(int level) {
        this.level = level;
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName name) {
        return new BytesInputCompressor() {
            @Override
            public BytesInput compress(BytesInput bytes) throws java.io.IOException {
                return BytesInput.from(Zstd.compress(bytes(bytes), level));
            }

            @Override
            public CompressionCodecName getCodecName() {
                return CompressionCodecName.ZSTD;
            }

            @Override
            public void release() {}
        };
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
        return new BytesInputDecompressor() {
            @Override
            public BytesInput decompress(BytesInput bytes, int size) throws java.io.IOException {
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

    @Override
    public void release() {}

    private static byte[] bytes(BytesInput input) throws java.io.IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.toIntExact(input.size()));
        input.writeAllTo(bytes);
        return bytes.toByteArray();
    }
}
