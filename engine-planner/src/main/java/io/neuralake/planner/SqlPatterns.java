package io.neuralake.planner;

import org.jspecify.annotations.Nullable;

import java.util.regex.Pattern;

/// Matches names against LIKE patterns in metadata statements.
final class SqlPatterns {
    private SqlPatterns() {}

    /// A compiled pattern; ignores case.
    record NamePattern(Pattern regex) {
        /// Compiles a pattern; null matches everything.
        static NamePattern like(@Nullable String pattern) {
            StringBuilder regex = new StringBuilder();
            for (char c : (pattern == null ? "%" : pattern).toCharArray()) {
                switch (c) {
                    case '%' -> regex.append(".*");
                    case '_' -> regex.append('.');
                    default -> regex.append(Pattern.quote(String.valueOf(c)));
                }
            }
            return new NamePattern(
                    Pattern.compile(
                            regex.toString(),
                            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL));
        }

        boolean matches(String name) {
            return regex.matcher(name).matches();
        }
    }
}
