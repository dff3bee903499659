package io.neuralake.connector.parquet.page;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;

import io.neuralake.connector.parquet.file.CorruptFile;

import org.apache.parquet.format.CompressionCodec;
import org.xerial.snappy.Snappy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentLinkedDeque;

/// Decompresses pages from address to address. Thread-safe.
public final class Decompressor {
    /// Contexts of zstd, 160 KB each, that no thread uses now: as many as pages were decompressed
    /// at a time. Making one costs as much as decompressing 10 KB.
    private static final ConcurrentLinkedDeque<ZstdDecompressCtx> CONTEXTS =
            new ConcurrentLinkedDeque<>();

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
        ZstdDecompressCtx free = CONTEXTS.pollFirst();
        ZstdDecompressCtx context = free == null ? new ZstdDecompressCtx() : free;
        int written;
        try {
            written =
                    context.decompressDirectByteBuffer(
                            target.asByteBuffer(),
                            0,
                            (int) target.byteSize(),
                            source.asByteBuffer(),
                            0,
                            (int) source.byteSize());
        } catch (ZstdException e) {
            throw new CorruptFile("a zstd page is malformed: " + e.getMessage());
        } finally {
            CONTEXTS.addFirst(context);
        }
        CorruptFile.check(
                written == target.byteSize(), "a zstd page has another size than its header says");
    }
}
