package io.neuralake.server.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.StringWriter;

@Timeout(120)
class TableWriterTest {
    @AutoClose private static final SqlResults results = new SqlResults();

    private static String whole(String sql) throws IOException {
        return results.table(TableLayout.WHOLE, sql);
    }

    @Test
    void alignsNumbersRightAndShowsNulls() throws IOException {
        assertThat(
                        whole(
                                "SELECT * FROM (VALUES (1, 'one', 1.50), (20, NULL, -10.25),"
                                        + " (NULL, '', NULL)) AS t(n, name, price) ORDER BY n"))
                .isEqualTo(
                        """
                            n | name |  price
                        ------+------+--------
                            1 | one  |   1.50
                           20 | NULL | -10.25
                         NULL |      |   NULL
                        (3 rows)
                        """);
    }

    @Test
    void wideCharactersTakeTwoCellsAndCombiningMarksNone() throws IOException {
        assertThat(
                        whole(
                                "SELECT * FROM (VALUES ('日本', 'x'), ('e\u0301te', 'x'),"
                                        + " ('😀', 'x'), ('abcd', 'x')) AS t(\"naïve\", y)"))
                .isEqualTo(
                        " naïve | y\n"
                                + "-------+---\n"
                                + " 日本  | x\n"
                                + " e\u0301te   | x\n"
                                + " 😀    | x\n"
                                + " abcd  | x\n"
                                + "(4 rows)\n");
    }

    @Test
    void controlCharactersAreWrittenAsEscapes() throws IOException {
        assertThat(whole("SELECT E'a\\nb\\tc\\rd\\x1B[31m' AS x"))
                .isEqualTo(
                        " x\n"
                                + "--------------------\n"
                                + " a\\nb\\tc\\rd\\x1B[31m\n"
                                + "(1 row)\n");
    }

    @Test
    void nestedValuesAreWrittenInBrackets() throws IOException {
        assertThat(
                        whole(
                                "SELECT [[1], [2, NULL], []] AS lists,"
                                        + " struct_pack(1, 'x') AS struct, ['a', NULL] AS texts"))
                .isEqualTo(
                        """
                         lists                | struct                     | texts
                        ----------------------+----------------------------+-----------
                         [[1], [2, NULL], []] | {'EXPR$0': 1, 'EXPR$1': x} | [a, NULL]
                        (1 row)
                        """);
    }

    @Test
    void emptyResultHasItsHeading() throws IOException {
        assertThat(whole("SELECT 1 AS a, 'x' AS b WHERE 1 = 0"))
                .isEqualTo(" a | b\n---+---\n(0 rows)\n");
    }

    @Test
    void showsFirstAndLastRowsWithinALimit() throws IOException {
        String sql = "SELECT n FROM generate_series(1, 100) AS t(n) ORDER BY n";
        assertThat(results.table(new TableLayout(80, 60, 5), sql))
                .isEqualTo(
                        """
                           n
                        -----
                           1
                           2
                           3
                           …
                          99
                         100
                        (100 rows, 5 shown)
                        """);
        assertThat(results.table(new TableLayout(80, 60, 100), sql))
                .endsWith(" 100\n(100 rows)\n")
                .doesNotContain("…");
        assertThat(results.table(new TableLayout(80, 60, 99), sql))
                .contains("  50\n   …\n  52\n")
                .endsWith("(100 rows, 99 shown)\n");
    }

    @Test
    void limitOfRowsHoldsOverManyBatches() throws IOException {
        assertThat(
                        results.table(
                                new TableLayout(80, 60, 3),
                                "SELECT n FROM generate_series(1, 100000) AS t(n) ORDER BY n"))
                .isEqualTo(
                        """
                              n
                        --------
                              1
                              2
                              …
                         100000
                        (100000 rows, 3 shown)
                        """);
    }

    @Test
    void withoutALimitEveryRowIsPrinted() throws IOException {
        String table =
                whole(
                        "SELECT n, CASE WHEN n = 2000 THEN 'a longer text' ELSE 'x' END AS s"
                                + " FROM generate_series(1, 2500) AS t(n) ORDER BY n");
        assertThat(table.lines()).hasSize(2503);
        // Widths are those of the first thousand rows; later values stay whole all the same.
        assertThat(table)
                .startsWith("    n | s\n------+---\n    1 | x\n")
                .contains("\n 1999 | x\n 2000 | a longer text\n 2001 | x\n")
                .endsWith("\n 2500 | x\n(2500 rows)\n");
    }

    @Test
    void textsAreCutWhereTheLineIsTooNarrow() throws IOException {
        String table =
                results.table(
                        new TableLayout(41, 60, 40),
                        "SELECT 123456789 AS n, repeat('a', 50) AS a, repeat('é', 50) AS b");
        assertThat(table.lines()).allSatisfy(line -> assertThat(TextWidth.of(line)).isLessThan(42));
        assertThat(table).contains("123456789 | aaaaaaaaaaa… | ").contains("éé…");
    }

    @Test
    void columnsInTheMiddleAreLeftOutWhereNoneFits() throws IOException {
        String table =
                results.table(
                        new TableLayout(40, 60, 40),
                        "SELECT 1111111111 AS a, 2222222222 AS b, 3333333333 AS c,"
                                + " 4444444444 AS d, 5555555555 AS e");
        assertThat(table)
                .contains("1111111111 | … | 5555555555\n")
                .endsWith("(1 row; 5 columns, 2 shown)\n")
                .doesNotContain("3333333333");
        assertThat(table.lines()).allSatisfy(line -> assertThat(TextWidth.of(line)).isLessThan(41));
    }

    @Test
    void numbersAreNeverCut() throws IOException {
        assertThat(
                        results.table(
                                new TableLayout(20, 60, 40),
                                "SELECT 12345678901234567890123456789012345678 AS a, 1 AS b"))
                .contains("12345678901234567890123456789012345678");
    }

    @Test
    void loneColumnIsNotCut() throws IOException {
        assertThat(results.table(new TableLayout(20, 10, 40), "SELECT repeat('a', 50) AS a"))
                .contains("a".repeat(50));
    }

    @Test
    void cellsAreCutOnATerminalWhateverItsWidth() throws IOException {
        assertThat(results.table(TableLayout.TERMINAL, "SELECT repeat('a', 61) AS a, 1 AS b"))
                .contains(" " + "a".repeat(59) + "… | 1\n");
        assertThat(results.table(TableLayout.TERMINAL, "SELECT repeat('a', 60) AS a, 1 AS b"))
                .contains(" " + "a".repeat(60) + " | 1\n");
    }

    @Test
    void statementsWithoutAResultSayWhatTheyChanged() throws IOException {
        assertThat(changed(0)).isEqualTo("OK\n");
        assertThat(changed(1)).isEqualTo("OK, 1 row\n");
        assertThat(changed(2)).isEqualTo("OK, 2 rows\n");
    }

    private static String changed(long rows) throws IOException {
        StringWriter out = new StringWriter();
        new TableWriter(out, TableLayout.WHOLE).changed(rows);
        return out.toString();
    }
}
