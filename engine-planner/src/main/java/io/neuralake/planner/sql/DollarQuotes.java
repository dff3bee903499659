package io.neuralake.planner.sql;

import io.neuralake.planner.sql.SqlLexer.Kind;
import io.neuralake.planner.sql.SqlLexer.Token;

import java.util.List;

/// Rewrites dollar-quoted text (`$$it's$$`) to standard quotes, in place: the text after it keeps
/// its position wherever the quotes leave room for the doubled ones.
final class DollarQuotes {
    private DollarQuotes() {}

    static String replace(String sql, List<Token> tokens) {
        StringBuilder result = null;
        int shift = 0;
        for (Token token : tokens) {
            if (token.kind() == Kind.STRING
                    && token.text().startsWith("$")
                    && token.end() <= sql.length()) {
                String text = token.text();
                int tag = text.indexOf('$', 1) + 1;
                int end = Math.max(tag, text.length() - tag);
                StringBuilder quoted = new StringBuilder("'");
                quoted.append(text.substring(tag, end).replace("'", "''")).append('\'');
                while (quoted.length() < text.length()) {
                    quoted.append(' ');
                }
                if (result == null) {
                    result = new StringBuilder(sql);
                }
                result.replace(token.start() + shift, token.end() + shift, quoted.toString());
                shift += quoted.length() - text.length();
            }
        }
        return result == null ? sql : result.toString();
    }
}
