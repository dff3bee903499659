package io.neuralake.exec.function;

/// Turns patterns of file names into regular expressions: `*` is any text, `?` any character, `[a-z]`
/// and `[!a-z]` are sets, a backslash quotes.
final class GlobPattern {
    private GlobPattern() {}

    static String translated(String pattern) {
        StringBuilder regex = new StringBuilder();
        int at = 0;
        while (at < pattern.length()) {
            char c = pattern.charAt(at++);
            int end = c == '[' ? pattern.indexOf(']', at + 1) : -1;
            if (c == '*') {
                regex.append(".*");
            } else if (c == '?') {
                regex.append('.');
            } else if (end > 0) {
                set(regex, pattern.substring(at, end));
                at = end + 1;
            } else {
                boolean quotes = c == '\\' && at < pattern.length();
                quote(regex, quotes ? pattern.charAt(at++) : c);
            }
        }
        return regex.toString();
    }

    private static void set(StringBuilder regex, String members) {
        boolean negated = members.startsWith("!") || members.startsWith("^");
        regex.append(negated ? "[^" : "[");
        for (int i = negated ? 1 : 0; i < members.length(); i++) {
            char c = members.charAt(i);
            if (c == '-') {
                regex.append(c);
            } else {
                quote(regex, c);
            }
        }
        regex.append(']');
    }

    private static void quote(StringBuilder regex, char c) {
        if (c < 128 && !Character.isLetterOrDigit(c)) {
            regex.append('\\');
        }
        regex.append(c);
    }
}
