package io.neuralake.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.EngineSettings;
import io.neuralake.exec.LocalQueryEngine;
import io.neuralake.exec.QueryResult;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// SQL text to rows through the real planner and executor, over tables in memory. Closing the engine
/// checks for leaks.
class SqlEndToEndTest {
    private final FakeCatalog catalog = new FakeCatalog("lake");
    private final LocalQueryEngine queries =
            new LocalQueryEngine(EngineSettings.defaults().withThreads(2));
    private final LakeSqlEngine engine =
            new LakeSqlEngine(
                    List.of(catalog),
                    List.of(),
                    _ -> catalog.table("main", "sales").orElseThrow(),
                    new RelOptimizer(),
                    queries);
    private final SqlSession session = new SqlSession("ada");

    SqlEndToEndTest() {
        catalog.add(
                "sales",
                Schema.of(
                        Field.of("id", ScalarType.INTEGER),
                        Field.of("city", ScalarType.VARCHAR),
                        Field.of("price", new DecimalType(10, 2)),
                        Field.of("sizes", new ListType(ScalarType.INTEGER))),
                List.of(
                        row(1L, "Oslo", new BigDecimal("1.50"), List.of(1L, 2L)),
                        row(2L, "Rome", new BigDecimal("2.25"), List.of(3L)),
                        row(3L, "Oslo", null, List.of()),
                        row(4L, null, new BigDecimal("4.00"), null)));
        catalog.add(
                "cities",
                Schema.of(
                        Field.of("name", ScalarType.VARCHAR),
                        Field.of("country", ScalarType.VARCHAR)),
                List.of(row("Oslo", "Norway"), row("Rome", "Italy"), row("Kyiv", "Ukraine")));
    }

    private static List<Object> row(Object... values) {
        return Arrays.asList(values);
    }

    @AfterEach
    void nothingLeaks() {
        assertThat(queries.reservedBytes()).isZero();
        queries.close();
    }

    private List<List<Object>> run(String sql, Literal... parameters) {
        List<List<Object>> rows = new ArrayList<>();
        try (QueryResult result =
                engine.prepare(sql, session).execute(session, List.of(parameters))) {
            while (result.take() instanceof ReadResult.Ready ready) {
                try (Batch batch = ready.batch()) {
                    for (int i = 0; i < batch.rowCount(); i++) {
                        var selection = batch.selection();
                        if (selection == null || Bitmap.get(selection.segment(), i)) {
                            List<Object> row = new ArrayList<>();
                            for (int c = 0; c < batch.columnCount(); c++) {
                                row.add(batch.column(c).value(i));
                            }
                            rows.add(row);
                        }
                    }
                }
            }
        }
        return rows;
    }

    @Test
    void filtersGroupsAndSorts() {
        assertThat(
                        run(
                                "select city, count(*) as n, sum(price) from sales where id < 4"
                                        + " group by all order by n desc, city"))
                .containsExactly(
                        row("Oslo", 2L, new BigDecimal("1.50")),
                        row("Rome", 1L, new BigDecimal("2.25")));
    }

    @Test
    void nullsSortLastAscendingAndFirstDescending() {
        assertThat(run("select city from sales order by city"))
                .last()
                .isEqualTo(row((Object) null));
        assertThat(run("select city from sales order by city desc"))
                .first()
                .isEqualTo(row((Object) null));
        assertThat(run("select city from sales order by city nulls first limit 1"))
                .containsExactly(row((Object) null));
    }

    @Test
    void samePlanRunsWithNewParameters() {
        String sql = "select id from sales where city = ? and price > ? order by id";
        Literal price = new Literal(1L, ScalarType.INTEGER);
        assertThat(run(sql, new Literal("Oslo", ScalarType.VARCHAR), price))
                .containsExactly(row(1L));
        assertThat(run(sql, new Literal("Rome", ScalarType.VARCHAR), price))
                .containsExactly(row(2L));
        assertThat(engine.planCacheMisses()).isEqualTo(1);
    }

    @Test
    void joinsAndSubQueries() {
        assertThat(
                        run(
                                "select id, country from sales left join cities on city = name"
                                        + " order by id"))
                .containsExactly(
                        row(1L, "Norway"), row(2L, "Italy"), row(3L, "Norway"), row(4L, null));
        assertThat(run("select name from cities anti join sales on city = name"))
                .containsExactly(row("Kyiv"));
        assertThat(run("select name from cities where name not in (select city from sales)"))
                .isEmpty();
        assertThat(run("select id from sales where price = (select max(price) from sales)"))
                .containsExactly(row(4L));
    }

    @Test
    void shorthandsOfTheDialect() {
        assertThat(run("select distinct on (city) city, id from sales order by city, id desc"))
                .containsExactly(row("Oslo", 3L), row("Rome", 2L), row(null, 4L));
        assertThat(
                        run(
                                "select id from sales qualify row_number() over (partition by city"
                                        + " order by id) = 2"))
                .containsExactly(row(3L));
        assertThat(run("from 'file' select id where id == 2")).containsExactly(row(2L));
        assertThat(run("select id, size from sales, unnest(sizes) as u(size) order by 1, 2"))
                .containsExactly(row(1L, 1L), row(1L, 2L), row(2L, 3L));
        assertThat(run("select i from range(10, 0, -4) t(i)"))
                .containsExactly(row(10L), row(6L), row(2L));
        assertThat(run("select 7 / 2, 7 // 2, '12'::int + 1, if(1 > 2, 'a', 'b')"))
                .containsExactly(row(3L, 3L, 13L, "b"));
    }

    @Test
    void informationSchemaIsQueriedAsAnyTable() {
        assertThat(
                        run(
                                "select column_name, data_type from information_schema.columns"
                                        + " where table_name = 'cities' order by ordinal_position"))
                .containsExactly(row("name", "VARCHAR"), row("country", "VARCHAR"));
    }

    @Test
    void summarizeDescribesTheValues() {
        List<List<Object>> rows = run("summarize sales");
        assertThat(rows).hasSize(4);
        assertThat(rows.get(0)).startsWith("id", "INTEGER", "1", "4", 4L);
        assertThat(rows.get(1)).endsWith(4L, 25.0);
    }

    @Test
    void explainAnalyzeCountsRows() {
        List<List<Object>> lines = run("explain analyze select id from sales where id > 2");
        assertThat(lines.toString()).contains("Scan lake.main.sales").contains("-> rows 2");
    }

    @Test
    void rowErrorsHaveTheirState() {
        assertThatThrownBy(() -> run("select 1 / (id - 1) from sales"))
                .hasMessage("Division by zero");
        assertThat(run("select 1")).containsExactly(row(1L));
    }
}
