package io.neuralake.server.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

@Timeout(120)
class CsvWriterTest {
    @AutoClose private static final SqlResults results = new SqlResults();

    private static String csv(String sql) throws IOException {
        return results.text(ResultFormat.CSV, sql);
    }

    @Test
    void quotesWhatWouldBreakAField() throws IOException {
        assertThat(
                        csv(
                                "SELECT 'plain' AS a, 'a,b' AS \"x,y\", 'say \"hi\"' AS \"q\"\"q\","
                                        + " E'two\\nlines' AS d, E'cr\\r' AS e, ' spaces ' AS f,"
                                        + " 'it''s; #1' AS g"))
                .isEqualTo(
                        "a,\"x,y\",\"q\"\"q\",d,e,f,g\n"
                                + "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\"cr\r\","
                                + " spaces ,it's; #1\n");
    }

    @Test
    void tellsNullFromTheEmptyString() throws IOException {
        assertThat(csv("SELECT NULL AS a, '' AS b, CAST(NULL AS INTEGER) AS c"))
                .isEqualTo("a,b,c\n,\"\",\n");
    }

    @Test
    void writesEachTypeAsItsText() throws IOException {
        assertThat(
                        csv(
                                "SELECT true AS b, CAST(-1 AS TINYINT) AS i, 1.50 AS d, CAST(1e100"
                                        + " AS DOUBLE) AS f, CAST('NaN' AS DOUBLE) AS n, DATE"
                                        + " '2026-01-02' AS day, TIME '10:00:00.5' AS t, TIMESTAMP"
                                        + " '2026-01-02 03:04:05.000006' AS ts, [1, NULL] AS l,"
                                        + " CAST('a' AS VARBINARY) AS v"))
                .isEqualTo(
                        "b,i,d,f,n,day,t,ts,l,v\n"
                                + "true,-1,1.50,1e+100,nan,2026-01-02,10:00:00.5,"
                                + "2026-01-02 03:04:05.000006,\"[1, NULL]\",a\n");
    }

    @Test
    void emptyResultIsItsHeading() throws IOException {
        assertThat(csv("SELECT 1 AS a, 2 AS b WHERE 1 = 0")).isEqualTo("a,b\n");
    }

    @Test
    void whatWasWrittenReadsBack(@TempDir Path folder) throws IOException {
        String sql =
                "SELECT n, CASE n % 4 WHEN 0 THEN 'a,\"b\"' WHEN 1 THEN E'x\\ny' WHEN 2 THEN 'ü'"
                        + " ELSE NULL END AS s, CAST(n AS DECIMAL(10, 1)) + 0.5 AS d FROM"
                        + " generate_series(1, 20) AS t(n) ORDER BY n";
        Path file = folder.resolve("x.csv");
        Files.writeString(file, csv(sql));
        assertThat(csv("SELECT * FROM '" + file + "' ORDER BY n")).isEqualTo(csv(sql));
    }
}
