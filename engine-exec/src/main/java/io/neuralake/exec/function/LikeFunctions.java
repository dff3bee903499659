package io.neuralake.exec.function;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.ScalarType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/// LIKE and ILIKE. A pattern is parsed once where it is constant, else whenever it changes.
final class LikeFunctions {
    private LikeFunctions() {}

    static void register(Map<String, FunctionBinder> binders) {
        binders.put("like", _ -> new Matcher(false));
        binders.put("ilike", _ -> new Matcher(true));
    }

    /// One call: holds the pattern seen last.
    private static final class Matcher implements ScalarImplementation {
        private final boolean ignoreCase;
        private @Nullable String text;
        private int escape = -2;
        private @Nullable LikePattern pattern;

        Matcher(boolean ignoreCase) {
            this.ignoreCase = ignoreCase;
        }

        @Override
        public Column evaluate(FunctionInput in) {
            TextArgument value = new TextArgument(in, 0);
            TextArgument patterns = new TextArgument(in, 1);
            boolean constant = in.isConstant(1) && (in.arguments().size() < 3 || in.isConstant(2));
            DataBuffer bits = in.memory().scratchZeroed(Bitmap.bytes(in.rowCount()));
            MemorySegment to = bits.segment();
            LowerCase lower = new LowerCase(in);
            LikePattern current = null;
            for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
                if (current == null || !constant) {
                    current = pattern(patterns.string(i), escape(in, i));
                }
                int length = value.length(i);
                long address = value.address(i);
                boolean matches =
                        ignoreCase
                                ? lower.matches(current, address, length)
                                : current.matches(address, length);
                if (matches) {
                    Bitmap.set(to, i, true);
                }
            }
            return in.result(ScalarType.BOOLEAN, bits);
        }

        private static int escape(FunctionInput in, int row) {
            if (in.arguments().size() < 3) {
                return -1;
            }
            String text = new TextArgument(in, 2).string(row);
            if (text.isEmpty()) {
                return -1;
            }
            if (text.codePointCount(0, text.length()) != 1) {
                throw new NeuralakeException(
                        ErrorCode.INVALID_ESCAPE, "Escape must be one character: " + text);
            }
            return text.codePointAt(0);
        }

        private LikePattern pattern(String wanted, int wantedEscape) {
            LikePattern known = pattern;
            if (known == null || wantedEscape != escape || !wanted.equals(text)) {
                known =
                        LikePattern.parse(
                                ignoreCase ? wanted.toLowerCase(Locale.ROOT) : wanted,
                                wantedEscape);
                pattern = known;
                text = wanted;
                escape = wantedEscape;
            }
            return known;
        }
    }

    /// Brings text to lower case in scratch memory before it is matched.
    private static final class LowerCase {
        private final FunctionInput input;
        private @Nullable DataBuffer scratch;

        LowerCase(FunctionInput input) {
            this.input = input;
        }

        boolean matches(LikePattern pattern, long address, int length) {
            if (Utf8.isAscii(address, length)) {
                MemorySegment to = room(length);
                for (int i = 0; i < length; i++) {
                    byte b = StringView.MEMORY.get(ValueLayout.JAVA_BYTE, address + i);
                    to.set(ValueLayout.JAVA_BYTE, i, (byte) (b >= 'A' && b <= 'Z' ? b + 32 : b));
                }
                return pattern.matches(to.address(), length);
            }
            byte[] bytes = new byte[length];
            MemorySegment.copy(StringView.MEMORY, ValueLayout.JAVA_BYTE, address, bytes, 0, length);
            byte[] lower =
                    new String(bytes, StandardCharsets.UTF_8)
                            .toLowerCase(Locale.ROOT)
                            .getBytes(StandardCharsets.UTF_8);
            MemorySegment to = room(lower.length);
            MemorySegment.copy(lower, 0, to, ValueLayout.JAVA_BYTE, 0, lower.length);
            return pattern.matches(to.address(), lower.length);
        }

        private MemorySegment room(int length) {
            DataBuffer current = scratch;
            if (current == null || current.size() < length) {
                current = input.memory().scratch(Math.max(256, length));
                scratch = current;
            }
            return current.segment();
        }
    }
}
