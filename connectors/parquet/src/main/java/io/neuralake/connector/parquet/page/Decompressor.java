package io.neuralake.connector.parquet.page;

import com.github.luben.zstd.Zstd;

import io.neuralake.connector.parquet.file.CorruptFile;

import org.apache.parquet.format.CompressionCodec;
import org.xerial.snappy.Snappy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Decompresses pages from address to address. Thread-safe.
public final class Decompressor {
    private Decompressor() {}

    /// Decompresses `source` so that it fills `target` exactly. Throws [CorruptFile] when it does
    /// not.
    public static void decompress(
            CompressionCodec codec, MemorySegment source, MemorySegment target) {
        switch (codec) {
            case UNCOMPRESSED -> {
                CorruptFile.check(
                        source.byteSize() == target.byteSize(),
                        "an uncompressed page changed size");
                target.copyFrom(source);
            }
            case SNAPPY -> snappy(source, target);
            case ZSTD -> zstd(source, target);
            case GZIP -> GzipDecompressor.decompress(source, target);
            case LZ4_RAW -> Lz4Decompressor.raw(source, target);
            case LZ4 -> Lz4Decompressor.framed(source, target);
            case BROTLI -> BrotliDecompressor.decompress(source, target);
            case LZO -> throw CorruptFile.unsupported("Parquet codec not supported: LZO");
        }
    }

    private static void snappy(MemorySegment source, MemorySegment target) {
        try {
            // The stream says how much it writes: believed only when it is what the page has room
            // for.
            CorruptFile.check(
                    source.byteSize() > 0
                            && Snappy.uncompressedLength(source.address(), source.byteSize())
                                    == target.byteSize(),
                    "a snappy page has another size than its header says");
            long written =
                    Snappy.rawUncompress(source.address(), source.byteSize(), target.address());
            CorruptFile.check(written == target.byteSize(), "a snappy page ends early");
        } catch (IOException e) {
            throw new CorruptFile("a snappy page is malformed");
        }
    }

    private static void zstd(MemorySegment source, MemorySegment target) {
        long written =
                Zstd.decompressUnsafe(
                        target.address(), target.byteSize(), source.address(), source.byteSize());
        if (Zstd.isError(written)) {
            throw new CorruptFile("a zstd page is malformed: " + Zstd.getErrorName(written));
        }
        CorruptFile.check(
                written == target.byteSize(), "a zstd page has another size than its header says");
    }
}
