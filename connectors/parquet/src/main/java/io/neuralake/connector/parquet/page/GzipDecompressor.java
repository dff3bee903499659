package io.neuralake.connector.parquet.page;

import io.neuralake.connector.parquet.file.CorruptFile;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Decompresses gzip members (RFC 1952), one or several after another, and zlib streams.
final class GzipDecompressor {
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int TRAILER = 8;

    private GzipDecompressor() {}

    static void decompress(MemorySegment source, MemorySegment target) {
        ByteBuffer input = source.asByteBuffer();
        ByteBuffer output = target.asByteBuffer();
        boolean gzip =
                source.byteSize() >= 2
                        && unsigned(source, 0) == 0x1F
                        && unsigned(source, 1) == 0x8B;
        Inflater inflater = new Inflater(gzip);
        try {
            do {
                if (gzip) {
                    input.position(member(source, input.position()));
                }
                inflater.setInput(input);
                while (!inflater.finished()) {
                    int count = inflater.inflate(output);
                    CorruptFile.check(
                            count > 0 || inflater.finished(),
                            "a gzip page ends early or is longer");
                }
                inflater.reset();
                input.position(Math.min(input.limit(), input.position() + (gzip ? TRAILER : 0)));
            } while (gzip && output.hasRemaining() && input.remaining() > 0);
            CorruptFile.check(!output.hasRemaining(), "a gzip page ends early");
        } catch (DataFormatException e) {
            throw new CorruptFile("a gzip page is malformed: " + e.getMessage());
        } finally {
            inflater.end();
        }
    }

    /// Returns where the deflated data of the member at `at` begins.
    private static int member(MemorySegment source, int at) {
        CorruptFile.check(
                source.byteSize() - at >= 10 + TRAILER
                        && unsigned(source, at) == 0x1F
                        && unsigned(source, at + 1) == 0x8B
                        && unsigned(source, at + 2) == 8,
                "a gzip member has no header");
        int flags = unsigned(source, at + 3);
        int position = at + 10;
        if ((flags & EXTRA) != 0) {
            position += 2 + unsigned(source, position) + (unsigned(source, position + 1) << 8);
        }
        if ((flags & NAME) != 0) {
            position = behindZero(source, position);
        }
        if ((flags & COMMENT) != 0) {
            position = behindZero(source, position);
        }
        if ((flags & HEADER_CRC) != 0) {
            position += 2;
        }
        CorruptFile.check(position <= source.byteSize(), "a gzip header is longer than its page");
        return position;
    }

    private static int behindZero(MemorySegment source, int from) {
        int position = from;
        while (unsigned(source, position) != 0) {
            position++;
        }
        return position + 1;
    }

    private static int unsigned(MemorySegment source, long at) {
        return source.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
    }
}
