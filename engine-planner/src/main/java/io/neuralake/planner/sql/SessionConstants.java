package io.neuralake.planner.sql;

import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

import java.util.Locale;

/// What of the session a statement can name.
record SessionConstants(String user, String catalog, String schema) {
    /// Returns what stands for a word such as CURRENT_USER or CURRENT_DATE; null for other words.
    @Nullable SqlNode replacement(String word, SqlParserPos pos) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "current_user", "session_user", "system_user", "user", "current_role" ->
                    Calls.text(user, pos);
            case "current_catalog" -> Calls.text(catalog, pos);
            case "current_schema" -> Calls.text(schema, pos);
            case "current_date" -> Calls.of("current_date", pos);
            case "current_timestamp" -> Calls.of("current_timestamp", pos);
            case "current_time" -> Calls.of("current_time", pos);
            case "localtime" -> Calls.of("localtime", pos);
            case "localtimestamp" -> Calls.of("localtimestamp", pos);
            default -> null;
        };
    }

    /// Returns what stands for a function without arguments; null for other functions.
    @Nullable SqlNode function(String name, SqlParserPos pos) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "current_user", "session_user", "user" -> Calls.text(user, pos);
            case "current_catalog", "current_database" -> Calls.text(catalog, pos);
            case "current_schema" -> Calls.text(schema, pos);
            case "version" -> Calls.text("Neuralake", pos);
            default -> null;
        };
    }
}
