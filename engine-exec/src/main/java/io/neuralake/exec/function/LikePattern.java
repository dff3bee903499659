package io.neuralake.exec.function;

import io.neuralake.exec.kernel.ByteSearchKernels;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.simd.SimdCapabilities;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A parsed LIKE pattern: pieces between `%`, each of bytes and of places (`_`) for one character.
/// Matching takes the leftmost place for each piece, which suffices, since all that follows a `%` can
/// only gain from more text.
final class LikePattern {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ByteSearchKernels SEARCH =
            ByteSearchKernels.best(SimdCapabilities.detected());

    /// A piece: `any[i]` marks a place instead of `bytes[i]`; null when there is none.
    private record Piece(byte[] bytes, boolean @Nullable [] any, int characters) {}

    private final List<Piece> pieces;
    private final boolean openStart;
    private final boolean openEnd;

    private LikePattern(List<Piece> pieces, boolean openStart, boolean openEnd) {
        this.pieces = pieces;
        this.openStart = openStart;
        this.openEnd = openEnd;
    }

    /// Parses a pattern. Throws INVALID_ESCAPE (22025).
    ///
    /// @param escape the escape character, or -1
    static LikePattern parse(String pattern, int escape) {
        List<Piece> pieces = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<Boolean> any = new ArrayList<>();
        boolean openStart = false;
        boolean openEnd = false;
        int at = 0;
        while (at < pattern.length()) {
            int c = pattern.codePointAt(at);
            at += Character.charCount(c);
            openEnd = false;
            if (c == escape) {
                if (at >= pattern.length()) {
                    throw new NeuralakeException(
                            ErrorCode.INVALID_ESCAPE,
                            "LIKE pattern ends with its escape character: " + pattern);
                }
                c = pattern.codePointAt(at);
                at += Character.charCount(c);
                literal(c, bytes, any);
            } else if (c == '%') {
                openEnd = true;
                if (bytes.size() > 0) {
                    pieces.add(piece(bytes, any));
                } else if (pieces.isEmpty()) {
                    openStart = true;
                }
            } else if (c == '_') {
                bytes.write(0);
                any.add(true);
            } else {
                literal(c, bytes, any);
            }
        }
        if (bytes.size() > 0) {
            pieces.add(piece(bytes, any));
        }
        return new LikePattern(pieces, openStart, openEnd);
    }

    private static void literal(int c, ByteArrayOutputStream bytes, List<Boolean> any) {
        byte[] encoded = Character.toString(c).getBytes(StandardCharsets.UTF_8);
        bytes.write(encoded, 0, encoded.length);
        for (int i = 0; i < encoded.length; i++) {
            any.add(false);
        }
    }

    private static Piece piece(ByteArrayOutputStream bytes, List<Boolean> any) {
        byte[] content = bytes.toByteArray();
        boolean[] places = new boolean[content.length];
        boolean some = false;
        int characters = 0;
        for (int i = 0; i < places.length; i++) {
            places[i] = any.get(i);
            some |= places[i];
            characters += places[i] || (content[i] & 0xC0) != 0x80 ? 1 : 0;
        }
        bytes.reset();
        any.clear();
        return new Piece(content, some ? places : null, characters);
    }

    /// Returns the text when the pattern has no wildcards.
    @Nullable String exact() {
        if (openStart || openEnd || pieces.size() > 1) {
            return null;
        }
        if (pieces.isEmpty()) {
            return "";
        }
        Piece piece = pieces.get(0);
        return piece.any() == null ? new String(piece.bytes(), StandardCharsets.UTF_8) : null;
    }

    /// Tells whether a text matches.
    boolean matches(long address, int length) {
        long end = address + length;
        long at = address;
        int first = 0;
        int last = pieces.size();
        if (last == 0) {
            return openEnd || length == 0;
        }
        if (!openStart) {
            at = matchAt(pieces.get(0), at, end);
            if (at < 0) {
                return false;
            }
            if (last == 1) {
                return openEnd || at == end;
            }
            first = 1;
        }
        if (!openEnd) {
            Piece tail = pieces.get(last - 1);
            long from =
                    tail.any() == null
                            ? end - tail.bytes().length
                            : Utf8.backward(at, end, tail.characters());
            if (from < at || matchAt(tail, from, end) != end) {
                return false;
            }
            last--;
            end = from;
        }
        for (int i = first; i < last; i++) {
            at = find(pieces.get(i), at, end);
            if (at < 0) {
                return false;
            }
        }
        return true;
    }

    /// Returns the address behind the piece when it matches at `at`, else -1.
    private static long matchAt(Piece piece, long at, long end) {
        byte[] bytes = piece.bytes();
        boolean[] any = piece.any();
        if (any == null) {
            if (end - at < bytes.length) {
                return -1;
            }
            for (int i = 0; i < bytes.length; i++) {
                if (StringView.MEMORY.get(BYTE, at + i) != bytes[i]) {
                    return -1;
                }
            }
            return at + bytes.length;
        }
        long position = at;
        for (int i = 0; i < bytes.length; i++) {
            if (position >= end) {
                return -1;
            }
            byte b = StringView.MEMORY.get(BYTE, position);
            if (any[i]) {
                position += Utf8.width(b);
            } else if (b == bytes[i]) {
                position++;
            } else {
                return -1;
            }
        }
        return position <= end ? position : -1;
    }

    /// Returns the address behind the first match from `at` on, or -1.
    private static long find(Piece piece, long at, long end) {
        if (piece.any() == null) {
            long found = SEARCH.find(at, end, piece.bytes());
            return found < 0 ? -1 : found + piece.bytes().length;
        }
        for (long from = at; from < end; ) {
            long behind = matchAt(piece, from, end);
            if (behind >= 0) {
                return behind;
            }
            from += Utf8.width(StringView.MEMORY.get(BYTE, from));
        }
        return -1;
    }
}
