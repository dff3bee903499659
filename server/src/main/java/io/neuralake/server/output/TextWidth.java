package io.neuralake.server.output;

import org.jline.utils.WCWidth;

/// Measures text in the cells of a terminal: East Asian characters and emoji take two, combining
/// marks none.
final class TextWidth {
    private static final String ELLIPSIS = "…";

    private TextWidth() {}

    /// Returns the cells that a text without control characters takes.
    static int of(String text) {
        int width = 0;
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            width += of(point);
            i += Character.charCount(point);
        }
        return width;
    }

    private static int of(int point) {
        return point < 0x7F ? 1 : Math.max(0, WCWidth.wcwidth(point));
    }

    /// Returns the text if it fits into `cells`, else its beginning with an ellipsis.
    static String cut(String text, int cells) {
        if (text.length() <= cells && isAscii(text) || of(text) <= cells) {
            return text;
        }
        int width = 0;
        int end = 0;
        while (end < text.length()) {
            int point = text.codePointAt(end);
            if (width + of(point) > cells - 1) {
                break;
            }
            width += of(point);
            end += Character.charCount(point);
        }
        return text.substring(0, end) + ELLIPSIS;
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x7F) {
                return false;
            }
        }
        return true;
    }

    /// Returns the text on one line, with control characters, which could steer the terminal,
    /// written as escapes.
    static String printable(String text) {
        int i = 0;
        while (i < text.length() && !Character.isISOControl(text.charAt(i))) {
            i++;
        }
        if (i == text.length()) {
            return text;
        }
        StringBuilder line = new StringBuilder(text.length() + 8).append(text, 0, i);
        for (; i < text.length(); i++) {
            char ch = text.charAt(i);
            switch (ch) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (Character.isISOControl(ch)) {
                        line.append(String.format("\\x%02X", (int) ch));
                    } else {
                        line.append(ch);
                    }
                }
            }
        }
        return line.toString();
    }
}
