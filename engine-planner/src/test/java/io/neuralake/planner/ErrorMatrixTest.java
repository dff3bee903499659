package io.neuralake.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.error.SqlPosition;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every error a user can provoke has its SQLSTATE, position and message.
class ErrorMatrixTest {
    private final PlannerFixture fixture = new PlannerFixture();

    @ParameterizedTest
    @CsvSource(
            delimiterString = " | ",
            quoteCharacter = '\0',
            textBlock =
                    """
                    42P01 | 15 | Table not found: natoin; did you mean nation | select * from natoin
                    42P01 | 15 | Table not found: main.xyzzy | select * from main.xyzzy
                    3F000 | 15 | Schema not found: mian; did you mean main | select * from mian.nation
                    3D000 | 15 | Catalog not found: lak; did you mean lake | select * from lak.main.nation
                    42703 | 8 | Column not found: l_shipdat; did you mean l_shipdate | select l_shipdat from lineitem
                    42P01 | 8 | Table or alias not found in FROM: x | select x.n_name from nation
                    42702 | 8 | Column is ambiguous: n_name | select n_name from nation a, nation b
                    42701 | 25 | Name is used twice in FROM: a; give one an alias | select * from nation a, nation a
                    42803 | 8 | Column must be in GROUP BY or in an aggregate function: n_name | select n_name from nation group by n_regionkey
                    42803 | 28 | Aggregate functions are not allowed in WHERE | select 1 from nation where sum(n_nationkey) > 1
                    42803 | 8 | Aggregate functions cannot be nested | select sum(sum(n_nationkey)) from nation
                    42803 | 50 | ORDER BY of SELECT DISTINCT must be in the select list: n_name | select distinct n_nationkey from nation order by n_name
                    42P20 | 8 | OVER clause is necessary for window functions | select rank() from nation
                    42883 | 8 | Function not found: uper(VARCHAR); did you mean upper | select uper(n_name) from nation
                    42883 | 8 | Function not found: upper(INTEGER, INTEGER); upper takes 1 argument | select upper(1, 2)
                    42883 | 15 | Table function not found: read_parqet; did you mean read_parquet | select * from read_parqet('x')
                    42804 | 8 | Operator + does not take these types: <VARCHAR> + <INTEGER> | select n_name + 1 from nation
                    42804 | 8 | Operator SUM does not take these types: SUM(<VARCHAR>) | select sum(n_name) from nation
                    42804 | 28 | Operator = does not take these types: <VARCHAR> = <INTEGER> | select 1 from nation where n_name = 5
                    42846 | 8 | Cannot cast BOOLEAN to DATE | select cast(true as date)
                    42804 | 18 | Type not found: intt; did you mean int | select cast(1 as intt)
                    42804 | 18 | Decimal precision must be 1 to 38 and scale 0 to precision: 39, 2 | select cast(1 as decimal(39, 2))
                    42601 | 21 | Syntax error near: nation | select n_name fromm nation
                    42601 | 10 | Syntax error: the statement ends too early | select 1 +
                    42601 | 1 | Syntax error near: selec | selec 1
                    42601 | 8 | Syntax error near: from | select from nation
                    42703 | 38 | Column not found: k | select n_name as x from nation where k = 1
                    42804 | 23 | Types do not fit together in UNION: INTEGER and DATE; cast one of them | select 1 union select date '2020-01-01'
                    42804 | 43 | Types do not fit together in COALESCE: DECIMAL(11, 1) and DATE; cast one of them | select coalesce(n_nationkey::int, 1, 2.5, date '2020-01-01') from nation
                    42804 | 14 | Types do not fit together in VALUES: INTEGER and DATE; cast one of them | values (1), (date '2020-01-01')
                    0A000 | 28 | UNNEST is not allowed in WHERE; use it in a sub-query | select 1 from nation where unnest([1]) = 1
                    0A000 | 28 | Sub-queries and columns are not supported in LIMIT | select 1 from nation limit (select 1)
                    42601 | 8 | Syntax error near: 1x | select 1x
                    42601 | 42 | Numbers of columns differ in UNION ALL | select 1, 2 from nation union all select 1
                    22003 | 8 | Number out of range: 123456789012345678901234567890123456789012 | select 123456789012345678901234567890123456789012
                    22007 | 8 | Not an interval: abc | select interval 'abc'
                    58P01 | 15 | File not found: missing.parquet | select * from 'missing.parquet'
                    22023 | 28 | Arguments must be constant: read_parquet | select * from read_parquet(n_name)
                    42601 | ? | ASOF JOIN needs exactly one inequality, such as a.time >= b.time | select * from trades t asof join quotes q on t.symbol = q.symbol
                    """)
    void reportsStateMessageAndColumn(String state, String column, String message, String sql) {
        NeuralakeException error = error(sql);
        assertThat(error).hasMessage(message);
        assertThat(error.code().sqlState()).isEqualTo(state);
        if (!column.equals("?")) {
            assertThat(error.position()).contains(new SqlPosition(1, Integer.parseInt(column)));
        }
    }

    @Test
    void countsLinesAndColumnsInWholeText() {
        NeuralakeException error =
                error(
                        "explain analyze\n"
                                + "-- the column is wrong\n"
                                + "select n_name,\n"
                                + "\tn_nam from nation");
        assertThat(error.position()).contains(new SqlPosition(4, 2));
        assertThat(error).hasMessage("Column not found: n_nam; did you mean n_name");
    }

    @Test
    void syntaxErrorNamesWhatIsExpectedWhenThatIsShort() {
        assertThat(error("select * from nation limit"))
                .hasMessageStartingWith("Syntax error: the statement ends too early");
        assertThat(error("show columns nation")).hasMessage("Syntax error near: nation");
    }

    @Test
    void emptyStatementIsASyntaxError() {
        assertThat(error(" ; ").code().sqlState()).isEqualTo("42601");
    }

    private NeuralakeException error(String sql) {
        NeuralakeException error =
                catchThrowableOfType(NeuralakeException.class, () -> fixture.prepare(sql));
        assertThat(error).as(sql).isNotNull();
        return error;
    }
}
