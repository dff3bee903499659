package io.neuralake.connector.parquet.page;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.DecoderJNI;

import io.neuralake.connector.parquet.file.CorruptFile;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// Decompresses brotli streams (RFC 7932) with the native library of brotli4j.
final class BrotliDecompressor {
    private static final int INPUT_BYTES = 1 << 16;

    private BrotliDecompressor() {}

    static void decompress(MemorySegment source, MemorySegment target) {
        if (!Brotli4jLoader.isAvailable()) {
            throw CorruptFile.unsupported(
                    "Parquet codec not supported on this platform: BROTLI has no native library");
        }
        ByteBuffer input = source.asByteBuffer();
        ByteBuffer output = target.asByteBuffer();
        DecoderJNI.Wrapper decoder;
        try {
            decoder = new DecoderJNI.Wrapper(INPUT_BYTES);
        } catch (IOException e) {
            throw new CorruptFile("a brotli page cannot be opened: " + e.getMessage());
        }
        try {
            run(decoder, input, output);
        } finally {
            decoder.destroy();
        }
        CorruptFile.check(!output.hasRemaining(), "a brotli page ends early");
    }

    private static void run(DecoderJNI.Wrapper decoder, ByteBuffer input, ByteBuffer output) {
        while (true) {
            switch (decoder.getStatus()) {
                case NEEDS_MORE_INPUT -> {
                    CorruptFile.check(input.hasRemaining(), "a brotli page ends early");
                    ByteBuffer chunk = decoder.getInputBuffer();
                    chunk.clear();
                    int count = Math.min(chunk.remaining(), input.remaining());
                    chunk.put(input.slice(input.position(), count));
                    input.position(input.position() + count);
                    decoder.push(count);
                }
                case NEEDS_MORE_OUTPUT -> pull(decoder, output);
                case OK -> decoder.push(0);
                case DONE -> {
                    if (decoder.hasOutput()) {
                        pull(decoder, output);
                    }
                    return;
                }
                case ERROR -> throw new CorruptFile("a brotli page is malformed");
            }
        }
    }

    private static void pull(DecoderJNI.Wrapper decoder, ByteBuffer output) {
        ByteBuffer piece = decoder.pull();
        CorruptFile.check(
                piece.remaining() <= output.remaining(), "a brotli page is longer than it says");
        output.put(piece);
    }
}
