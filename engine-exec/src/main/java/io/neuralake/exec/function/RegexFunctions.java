package io.neuralake.exec.function;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Functions of regular expressions, in Java's dialect. A pattern is compiled whenever it changes.
final class RegexFunctions {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private RegexFunctions() {}

    static void register(Map<String, FunctionBinder> binders) {
        binders.put("regexp_like", _ -> in -> test(in, Matcher::find));
        binders.put("regexp_full_match", _ -> in -> test(in, Matcher::matches));
        binders.put("similar_to", _ -> RegexFunctions::similar);
        binders.put("glob", _ -> RegexFunctions::glob);
        binders.put("regexp_replace", _ -> RegexFunctions::replace);
        binders.put("regexp_extract", _ -> RegexFunctions::extract);
        binders.put("regexp_extract_all", site -> in -> extractAll(in, site.resultType()));
        binders.put("regexp_count", _ -> RegexFunctions::count);
    }

    /// Keeps the pattern compiled last.
    private static final class Patterns {
        private final TextArgument patterns;
        private final @Nullable TextArgument options;
        private final boolean constant;
        private @Nullable String text;
        private String flags = "";
        private @Nullable Pattern pattern;

        /// @param options the argument with options, or -1
        Patterns(FunctionInput input, int options) {
            this.patterns = new TextArgument(input, 1);
            boolean given = options >= 0 && options < input.arguments().size();
            this.options = given ? new TextArgument(input, options) : null;
            this.constant = input.isConstant(1) && (!given || input.isConstant(options));
        }

        Pattern at(int row) {
            Pattern known = pattern;
            if (known != null && constant) {
                return known;
            }
            String wanted = patterns.string(row);
            String wantedFlags = options(row);
            if (known == null || !wanted.equals(text) || !wantedFlags.equals(flags)) {
                known = compile(wanted, wantedFlags);
                pattern = known;
                text = wanted;
                flags = wantedFlags;
            }
            return known;
        }

        String options(int row) {
            TextArgument given = options;
            return given == null ? "" : given.string(row);
        }
    }

    private static Pattern compile(String text, String options) {
        int flags = 0;
        for (char option : options.toCharArray()) {
            flags |=
                    switch (option) {
                        case 'i' -> Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
                        case 's' -> Pattern.DOTALL;
                        case 'm', 'n' -> Pattern.MULTILINE;
                        case 'x' -> Pattern.COMMENTS;
                        case 'l' -> Pattern.LITERAL;
                        case 'c', 'g' -> 0;
                        default ->
                                throw RowErrors.argument(
                                        "Option of regular expression not known: " + option);
                    };
        }
        try {
            return Pattern.compile(text, flags);
        } catch (PatternSyntaxException e) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_REGULAR_EXPRESSION,
                    "Regular expression is wrong: " + e.getDescription() + ": " + text);
        }
    }

    private static Column test(FunctionInput in, Function<Matcher, Boolean> found) {
        TextArgument text = new TextArgument(in, 0);
        Patterns patterns = new Patterns(in, 2);
        DataBuffer bits = in.memory().scratchZeroed(Bitmap.bytes(in.rowCount()));
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            if (found.apply(patterns.at(i).matcher(text.string(i)))) {
                Bitmap.set(bits.segment(), i, true);
            }
        }
        return in.result(ScalarType.BOOLEAN, bits);
    }

    private static Column similar(FunctionInput in) {
        TextArgument text = new TextArgument(in, 0);
        TextArgument patterns = new TextArgument(in, 1);
        boolean escaped = in.arguments().size() > 2;
        boolean constant = in.isConstant(1) && (!escaped || in.isConstant(2));
        DataBuffer bits = in.memory().scratchZeroed(Bitmap.bytes(in.rowCount()));
        Pattern pattern = null;
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            if (pattern == null || !constant) {
                String escape = escaped ? new TextArgument(in, 2).string(i) : "\\";
                pattern = compile(translated(patterns.string(i), escape), "s");
            }
            if (pattern.matcher(text.string(i)).matches()) {
                Bitmap.set(bits.segment(), i, true);
            }
        }
        return in.result(ScalarType.BOOLEAN, bits);
    }

    private static Column glob(FunctionInput in) {
        TextArgument text = new TextArgument(in, 0);
        TextArgument patterns = new TextArgument(in, 1);
        DataBuffer bits = in.memory().scratchZeroed(Bitmap.bytes(in.rowCount()));
        Pattern pattern = null;
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            if (pattern == null || !in.isConstant(1)) {
                pattern = compile(GlobPattern.translated(patterns.string(i)), "s");
            }
            if (pattern.matcher(text.string(i)).matches()) {
                Bitmap.set(bits.segment(), i, true);
            }
        }
        return in.result(ScalarType.BOOLEAN, bits);
    }

    /// Turns SQL's regular expression into Java's: `%` and `_` are wildcards, `.`, `^` and `$` are
    /// not special, the others are as in Java.
    static String translated(String pattern, String escape) {
        StringBuilder regex = new StringBuilder();
        boolean inSet = false;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (!escape.isEmpty() && c == escape.charAt(0)) {
                if (++i >= pattern.length()) {
                    throw new NeuralakeException(
                            ErrorCode.INVALID_ESCAPE,
                            "Pattern ends with its escape character: " + pattern);
                }
                quote(regex, pattern.charAt(i));
                continue;
            }
            if (inSet) {
                inSet = c != ']';
                if (pattern.startsWith("[:", i)) {
                    int end = pattern.indexOf(":]", i);
                    if (end > 0) {
                        regex.append(characterClass(pattern.substring(i + 2, end)));
                        i = end + 1;
                        inSet = true;
                        continue;
                    }
                }
                regex.append(c == '[' || c == '\\' ? "\\" + c : String.valueOf(c));
                continue;
            }
            switch (c) {
                case '%' -> regex.append(".*");
                case '_' -> regex.append('.');
                case '[' -> {
                    regex.append(c);
                    inSet = true;
                }
                case '|', '*', '+', '?', '{', '}', '(', ')' -> regex.append(c);
                default -> quote(regex, c);
            }
        }
        return regex.toString();
    }

    private static void quote(StringBuilder regex, char c) {
        if ("\\.^$|*+?{}()[]&~#-".indexOf(c) >= 0) {
            regex.append('\\');
        }
        regex.append(c);
    }

    private static String characterClass(String name) {
        return switch (name.toLowerCase(java.util.Locale.ROOT)) {
            case "alpha" -> "\\p{Alpha}";
            case "digit" -> "\\d";
            case "alnum" -> "\\p{Alnum}";
            case "upper" -> "\\p{Upper}";
            case "lower" -> "\\p{Lower}";
            case "space", "whitespace" -> "\\s";
            default ->
                    throw new NeuralakeException(
                            ErrorCode.INVALID_REGULAR_EXPRESSION,
                            "Character class not known: " + name);
        };
    }

    /// Replaces the first match, or all with option `g`. In the replacement, `\1` to `\9` are groups
    /// and `\0` and `\&` the match.
    private static Column replace(FunctionInput in) {
        TextArgument text = new TextArgument(in, 0);
        TextArgument with = new TextArgument(in, 2);
        Patterns patterns = new Patterns(in, 3);
        TextBuilder builder = new TextBuilder(in);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            String value = text.string(i);
            Matcher matcher = patterns.at(i).matcher(value);
            boolean all = patterns.options(i).indexOf('g') >= 0;
            String replacement = with.string(i);
            StringBuilder result = new StringBuilder();
            int at = 0;
            while (matcher.find()) {
                result.append(value, at, matcher.start());
                substitute(result, matcher, replacement);
                at = matcher.end();
                if (!all) {
                    break;
                }
            }
            builder.append(result.append(value, at, value.length()));
            builder.finishRow(i);
        }
        return builder.finish(ScalarType.VARCHAR);
    }

    private static void substitute(StringBuilder result, Matcher matcher, String replacement) {
        for (int k = 0; k < replacement.length(); k++) {
            char c = replacement.charAt(k);
            if (c != '\\' || k + 1 == replacement.length()) {
                result.append(c);
                continue;
            }
            char next = replacement.charAt(++k);
            int group = next == '&' ? 0 : Character.digit(next, 10);
            if (group < 0) {
                result.append(next);
            } else if (group <= matcher.groupCount() && matcher.group(group) != null) {
                result.append(matcher.group(group));
            }
        }
    }

    private static int group(FunctionInput in, Matcher matcher, int row) {
        if (in.arguments().size() < 3) {
            return 0;
        }
        long group = in.values(2).get(LONG, (long) (row & in.mask(2)) << 3);
        if (group < 0 || group > matcher.groupCount()) {
            throw RowErrors.argument("Regular expression has no group " + group);
        }
        return (int) group;
    }

    private static Column extract(FunctionInput in) {
        TextArgument text = new TextArgument(in, 0);
        Patterns patterns = new Patterns(in, -1);
        TextBuilder builder = new TextBuilder(in);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            Matcher matcher = patterns.at(i).matcher(text.string(i));
            int group = group(in, matcher, i);
            String found = matcher.find() ? matcher.group(group) : null;
            if (found != null) {
                builder.append(found);
            }
            builder.finishRow(i);
        }
        return builder.finish(ScalarType.VARCHAR);
    }

    private static Column extractAll(FunctionInput in, Type type) {
        TextArgument text = new TextArgument(in, 0);
        Patterns patterns = new Patterns(in, -1);
        TextListBuilder builder = new TextListBuilder(in);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            Matcher matcher = patterns.at(i).matcher(text.string(i));
            int group = group(in, matcher, i);
            while (matcher.find()) {
                String found = matcher.group(group);
                builder.add(found == null ? "" : found);
            }
            builder.finishRow(i);
        }
        return builder.finish(type);
    }

    private static Column count(FunctionInput in) {
        TextArgument text = new TextArgument(in, 0);
        Patterns patterns = new Patterns(in, -1);
        DataBuffer buffer = in.memory().scratchZeroed(8L * in.rowCount());
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            Matcher matcher = patterns.at(i).matcher(text.string(i));
            long count = 0;
            while (matcher.find()) {
                count++;
            }
            buffer.segment().set(LONG, (long) i << 3, count);
        }
        return in.result(ScalarType.BIGINT, buffer);
    }
}
