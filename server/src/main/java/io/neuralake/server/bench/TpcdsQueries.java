package io.neuralake.server.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The TPC-DS queries with the specification's qualification values. Their templates are the TPC's, as
/// `net.hydromatic:tpcds` ships them; values for the templates' parameters and the columns of ORDER BY are
/// resources here. Intervals are written as in standard SQL, and slips of these templates that later
/// ones do not have are put right.
public final class TpcdsQueries {
    /// Number of queries.
    public static final int COUNT = 99;

    private static final Properties VALUES = properties("/tpcds/qualification.properties");
    private static final Properties ORDER_COLUMNS = properties("/tpcds/order-columns.properties");

    private static final Pattern COMMENT = Pattern.compile("--[^\n]*|/\\*.*?\\*/");
    private static final Pattern DEFINITION = Pattern.compile("(?msi)^\\s*define\\s.*?;\\s*?$");
    private static final Pattern PARAMETER = Pattern.compile("\\[\\s*([^\\]]*?)\\s*\\]");
    private static final Pattern DAYS = Pattern.compile("([+-]\\s+)(\\d+)\\s+days\\b");

    private TpcdsQueries() {}

    /// Returns query 1 to 99: one statement, or for 14, 23, 24 and 39 two, named a and b.
    public static List<BenchQuery> query(int number) {
        List<String> statements = statements(number);
        List<BenchQuery> queries = new ArrayList<>();
        for (int s = 0; s < statements.size(); s++) {
            String name = number + (statements.size() == 1 ? "" : s == 0 ? "a" : "b");
            queries.add(new BenchQuery("Q" + name, statements.get(s), orderColumns(name)));
        }
        return queries;
    }

    private static List<String> statements(int number) {
        String template = COMMENT.matcher(template(number)).replaceAll("");
        String body = corrected(number, DEFINITION.matcher(template).replaceAll(""));
        String filled =
                PARAMETER.matcher(body).replaceAll(m -> Matcher.quoteReplacement(value(number, m)));
        return Arrays.stream(DAYS.matcher(filled).replaceAll("$1INTERVAL '$2' DAY").split(";"))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList();
    }

    /// Puts right what these templates, of the specification's first years, have wrong.
    private static String corrected(int number, String body) {
        return switch (number) {
            // The column's name since version 2 of the specification.
            case 30 -> body.replaceAll("\\bc_last_review_date\\b", "c_last_review_date_sk");
            // Each of the three branches has its own marital status and education.
            case 48 -> numberedAnew(numberedAnew(body, "[MS.1]", "[MS.%d]"), "[ES.1]", "[ES.%d]");
            // Compares the column with itself.
            case 78 -> body.replace("cs_item_sk=cs_item_sk", "cs_item_sk=ss_item_sk");
            // An alias that is a reserved word in some dialects.
            case 90 -> body.replaceAll("\\bat\\b", "\"at\"");
            default -> body;
        };
    }

    private static String numberedAnew(String body, String parameter, String pattern) {
        int[] count = {0};
        return Pattern.compile(parameter, Pattern.LITERAL)
                .matcher(body)
                .replaceAll(_ -> pattern.formatted(++count[0]));
    }

    private static String value(int number, MatchResult parameter) {
        String name = parameter.group(1).toUpperCase(Locale.ROOT);
        return switch (name) {
            case "_LIMITA", "_LIMITB" -> "";
            case "_LIMITC" -> "LIMIT 100";
            default -> {
                int dot = name.lastIndexOf('.');
                yield dot < 0
                        ? required(VALUES, number + "." + name)
                        : required(VALUES, number + "." + name.substring(0, dot))
                                .split("\\|")[Integer.parseInt(name.substring(dot + 1)) - 1];
            }
        };
    }

    private static List<Integer> orderColumns(String name) {
        String columns = required(ORDER_COLUMNS, name);
        return columns.isEmpty()
                ? List.of()
                : Arrays.stream(columns.split(",")).map(Integer::valueOf).toList();
    }

    private static String required(Properties properties, String key) {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IllegalStateException("No value for: " + key);
        }
        return value;
    }

    private static String template(int number) {
        try (InputStream in = resource("/query_templates/query" + number + ".tpl")) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Properties properties(String name) {
        try (InputStream in = resource(name)) {
            Properties properties = new Properties();
            properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream resource(String name) {
        InputStream in = TpcdsQueries.class.getResourceAsStream(name);
        if (in == null) {
            throw new IllegalArgumentException("No such resource: " + name);
        }
        return in;
    }
}
