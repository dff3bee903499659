package io.neuralake.conformance.sql;

import io.neuralake.conformance.JvmConfiguration;
import io.neuralake.conformance.sql.SltRecord.LikeDuckDb;
import io.neuralake.conformance.sql.SltRecord.Query;
import io.neuralake.conformance.sql.SltRecord.StatementError;
import io.neuralake.conformance.sql.SltRecord.StatementOk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads `.slt` files:
///
/// ```
/// # comment
/// statement ok
/// SELECT 1
///
/// statement error 42703 @1:8 did you mean
/// SELECT l_shipdat FROM lineitem
///
/// query [rowsort]
/// SELECT 1, 'a'
/// ----
/// 1	a
///
/// duckdb [ordered]
/// SELECT count(*) FROM lineitem
///
/// skipif HASH_ZERO why
/// duckdb
/// SELECT approx_count_distinct(l_orderkey) FROM lineitem
/// ```
///
/// `skipif` leaves the record below it out under a [JvmConfiguration], aloud.
///
/// Records end at an empty line. Null is `NULL`, the empty string `(empty)`.
final class SltFile {
    private static final Pattern PLACE = Pattern.compile("@(\\d+:\\d+)\\s*(.*)");

    private final List<String> lines;
    private final List<SltRecord> records = new ArrayList<>();
    private final Path file;
    private int at;

    private SltFile(Path file, List<String> lines) {
        this.file = file;
        this.lines = lines;
    }

    /// Reads the records that run under the configuration of this JVM.
    static List<SltRecord> read(Path file) throws IOException {
        SltFile slt = new SltFile(file, Files.readAllLines(file));
        slt.parse();
        return slt.records;
    }

    private void parse() {
        while (at < lines.size()) {
            String line = lines.get(at).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                at++;
                continue;
            }
            if (line.startsWith("skipif ")) {
                at++;
                String[] words = line.split("\\s+", 3);
                SltRecord skipped = record(lines.get(at).strip());
                if (JvmConfiguration.valueOf(words[1]) == JvmConfiguration.current()) {
                    System.out.println(
                            "SKIPPED "
                                    + (file.getFileName() + ":" + skipped.line())
                                    + (" under " + words[1] + ": " + words[2]));
                } else {
                    records.add(skipped);
                }
            } else {
                records.add(record(line));
            }
        }
    }

    private SltRecord record(String line) {
        int number = at + 1;
        at++;
        String[] words = line.split("\\s+", 4);
        return switch (words[0]) {
            case "statement" -> statement(number, words);
            case "query" -> query(number, words);
            case "duckdb" ->
                    new LikeDuckDb(number, text(), words.length > 1 && words[1].equals("ordered"));
            default ->
                    throw new IllegalArgumentException(
                            "Unknown record at line " + number + ": " + line);
        };
    }

    private SltRecord statement(int number, String[] words) {
        if (words.length > 1 && words[1].equals("ok")) {
            return new StatementOk(number, text());
        }
        if (words.length > 2 && words[1].equals("error")) {
            return error(number, words[2], words.length > 3 ? words[3] : "");
        }
        throw new IllegalArgumentException("Unknown statement record at line " + number);
    }

    /// Reads what an error must say, behind its place if that is given.
    private SltRecord error(int number, String sqlState, String rest) {
        Matcher matcher = PLACE.matcher(rest);
        return matcher.matches()
                ? new StatementError(number, sqlState, matcher.group(1), matcher.group(2), text())
                : new StatementError(number, sqlState, "", rest, text());
    }

    private SltRecord query(int number, String[] words) {
        String sql = text();
        List<String> expected = new ArrayList<>();
        while (at < lines.size() && !lines.get(at).isEmpty()) {
            expected.add(lines.get(at++));
        }
        return new Query(number, sql, words.length > 1 && words[1].equals("rowsort"), expected);
    }

    /// Reads the lines up to an empty one or `----`, and steps over the latter.
    private String text() {
        StringBuilder sql = new StringBuilder();
        while (at < lines.size() && !lines.get(at).isEmpty()) {
            String line = lines.get(at++);
            if (line.equals("----")) {
                break;
            }
            sql.append(sql.isEmpty() ? "" : "\n").append(line);
        }
        return sql.toString();
    }
}
