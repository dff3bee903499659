package io.neuralake.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Statements as users of PostgreSQL and DuckDB type them, with the types of their columns.
class DialectTest {
    private final PlannerFixture fixture = new PlannerFixture();

    @ParameterizedTest
    @CsvSource(
            delimiterString = " | ",
            quoteCharacter = '\0',
            textBlock =
                    """
                    '1'::int | INTEGER
                    1::text | VARCHAR
                    'abc'::varchar(2) | VARCHAR
                    '1.5'::decimal | DECIMAL(18, 3)
                    1::decimal(10, 2) | DECIMAL(10, 2)
                    1::hugeint | DECIMAL(38, 0)
                    '2020-01-01'::timestamptz | TIMESTAMP WITH TIME ZONE
                    [1, 2]::bigint[] | BIGINT[]
                    try_cast('x' as double) | DOUBLE
                    7 / 2 | INTEGER
                    7 // 2 | INTEGER
                    2 ** 3 | DOUBLE
                    2 & ~3 >> 1 | BIGINT
                    1 + 1 || 'a' | VARCHAR
                    at at time zone 'UTC' | TIMESTAMP WITH TIME ZONE
                    instant at time zone 'UTC' | TIMESTAMP
                    '2020-01-01' at time zone 'UTC' | TIMESTAMP
                    integer '1' | INTEGER
                    id = any([1, 2]) | BOOLEAN
                    name glob 'a*' | BOOLEAN
                    unnest([1, 2]) | INTEGER
                    name[1:2] | VARCHAR
                    generate_series(1, 3) | BIGINT[]
                    7 % 2 | INTEGER
                    2 ^ 3 | DOUBLE
                    1 == 1 | BOOLEAN
                    1 != 1 | BOOLEAN
                    price + price | DECIMAL(16, 2)
                    price * price | DECIMAL(30, 4)
                    price / price | DECIMAL(33, 18)
                    price / 3 | DECIMAL(26, 13)
                    price + id | DECIMAL(16, 2)
                    price * value | DOUBLE
                    id + 1 | INTEGER
                    id / value | DOUBLE
                    day + 1 | DATE
                    day - day | BIGINT
                    at - at | INTERVAL DAY TO SECOND
                    day + interval '1' year | DATE
                    day + interval '1 month' | DATE
                    day + interval '1 month 3 days' | DATE
                    day + interval '2 hours' | TIMESTAMP
                    at - interval 3 days | TIMESTAMP
                    instant + interval '1' hour | TIMESTAMP WITH TIME ZONE
                    interval '1 year 2 months' | INTERVAL YEAR TO MONTH
                    interval '1 day 02:03:04' | INTERVAL DAY TO SECOND
                    interval '100000' second | INTERVAL DAY TO SECOND
                    date '2020-01-01' | DATE
                    timestamp '2020-01-01' | TIMESTAMP
                    timestamp '2020-01-01 10:00:00.123456' | TIMESTAMP
                    name || id | VARCHAR
                    name ilike 'a%' | BOOLEAN
                    name ~ 'a+' | BOOLEAN
                    name not similar to 'a' | BOOLEAN
                    id between 1 and 2 | BOOLEAN
                    id in (1, 2,) | BOOLEAN
                    name is not distinct from null | BOOLEAN
                    if(ok, 1, 2) | INTEGER
                    ifnull(name, 'x') | VARCHAR
                    coalesce(id, value) | DOUBLE
                    nullif(id, 0) | INTEGER
                    case when ok then 'a' else 'bcd' end | VARCHAR
                    case id when 1 then 1 else 2.5 end | DECIMAL(11, 1)
                    extract(year from day) | BIGINT
                    date_part('year', day) | BIGINT
                    year(at) | BIGINT
                    date_trunc('month', at) | TIMESTAMP
                    floor(at to month) | TIMESTAMP
                    date_diff('day', day, current_date) | BIGINT
                    substring(name from 2 for 3) | VARCHAR
                    trim(leading 'x' from name) | VARCHAR
                    position('a' in name) | BIGINT
                    [1, 2, 3] | INTEGER[]
                    [] | NULL[]
                    tags[1] | INTEGER
                    tags[1:2] | INTEGER[]
                    cardinality(tags) | BIGINT
                    {'a': 1, 'b': 'x'} | STRUCT(a INTEGER, b VARCHAR)
                    {'a': 1}.a | INTEGER
                    place.city | VARCHAR
                    events.place.x | INTEGER
                    (place).x | INTEGER
                    counts['k'] | BIGINT
                    now() | TIMESTAMP WITH TIME ZONE
                    current_date | DATE
                    current_timestamp | TIMESTAMP WITH TIME ZONE
                    localtimestamp | TIMESTAMP
                    current_user | VARCHAR
                    null | NULL
                    $$it's$$ | VARCHAR
                    1e3 | DOUBLE
                    1.50 | DECIMAL(3, 2)
                    12345678901234567890 | DECIMAL(20, 0)
                    x'00ff' | VARBINARY
                    'é' || 'ü' | VARCHAR
                    (select max(id) from events) | INTEGER
                    exists (select 1 from nation) | BOOLEAN
                    row_number() over (order by id) | BIGINT
                    lag(id, 1, 0) over (partition by name order by id) | INTEGER
                    sum(id) over (order by id rows between 2 preceding and current row) | BIGINT
                    ntile(4) over (order by id) | BIGINT
                    first_value(name) over (order by id) | VARCHAR
                    """)
    void derivesTypeOfExpression(String expression, String type) {
        assertThat(fixture.types("select " + expression + " from events")).containsExactly(type);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " | ",
            quoteCharacter = '\0',
            textBlock =
                    """
                    count(*) | BIGINT
                    count(distinct name) | BIGINT
                    sum(id) | BIGINT
                    sum(price) | DECIMAL(38, 2)
                    sum(value) | DOUBLE
                    avg(id) | DOUBLE
                    avg(price) | DOUBLE
                    min(day) | DATE
                    max(name) filter (where ok) | VARCHAR
                    stddev(value) | DOUBLE
                    string_agg(name, ', ' order by id desc) | VARCHAR
                    listagg(name, ',') within group (order by id) | VARCHAR
                    array_agg(id order by name) | INTEGER[]
                    list(id) | INTEGER[]
                    first(name order by id) | VARCHAR
                    any_value(day) | DATE
                    bool_and(ok) | BOOLEAN
                    median(value) | DOUBLE
                    percentile_cont(0.5) within group (order by value desc) | DOUBLE
                    quantile_disc(id, 0.5) | INTEGER
                    mode() within group (order by id) | INTEGER
                    approx_count_distinct(name) | BIGINT
                    arg_max(name, id) | VARCHAR
                    """)
    void derivesTypeOfAggregate(String expression, String type) {
        assertThat(fixture.types("select " + expression + " from events")).containsExactly(type);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select * from nation limit 3 offset 2",
                "select * from nation offset 2 limit 3",
                "select * from nation offset 2 rows fetch next 3 rows only",
                "select n_name, count(*), from nation group by all order by all desc nulls last",
                "select n_name, sum(n_nationkey) from nation group by 1 order by 2",
                "select upper(n_name) as u, count(*) from nation group by u having count(*) > 1",
                "select distinct on (n_regionkey) * from nation order by n_regionkey, n_name desc",
                "select n_name from nation qualify row_number() over (order by n_name) = 1",
                "from nation",
                "from nation select n_name where n_nationkey > 1",
                "table nation",
                "select * from lake.main.nation a, MAIN.Nation b where a.N_NAME = b.n_name",
                "select * from nation a semi join events e on e.id = a.n_nationkey",
                "select * from nation a anti join nation b using (n_name)",
                "select * from nation natural join nation b",
                "select * from nation left join events on id = n_nationkey and ok",
                "select * from nation cross join lateral (select id from events where id ="
                        + " n_nationkey)",
                "select * from trades t asof join quotes q on t.symbol = q.symbol and t.at >= q.at",
                "select * from trades t asof left join quotes q on t.symbol = q.symbol and t.at >="
                        + " q.at",
                "select * from trades t asof join quotes q match_condition t.at >= q.at on t.symbol"
                        + " = q.symbol",
                "with a as (select 1 as x), b(y) as (select x from a), select * from b",
                "select * from nation where n_name in (select name from events) or exists (select 1"
                        + " from events where id = n_nationkey)",
                "select id + 1 as a, a * 2 as b from events",
                "select value, day, date, month, year, position, count from (select 1 as value, 2"
                        + " as day, 3 as date, 4 as month, 5 as year, 6 as position, 7 as count)",
                "select sum(value) as value from events",
                "select n_name from nation union all select name from events intersect select 'x'"
                        + " except select 'y'",
                "(select 1) union (select 2) order by 1 limit 1",
                "select /* c */ 1 -- comment",
                "select count(*) from events group by grouping sets ((id), (name), ())",
                "select grouping(id), id from events group by rollup (id)",
                "select * from events, unnest(tags) as u(tag)",
                "select * from events cross join unnest(tags) with ordinality as u(tag, n)",
                "select * from information_schema.columns where table_name = 'nation'",
                "select row_number() over w from events window w as (order by id)",
                "select 1 as \"a b\", 2 as \"a\"\"b\"",
                "select * from (values (1, 'a'), (2, 'bcd'),) as v(x, y)",
                "select cast(null as varchar), cast(? as date)"
            })
    void accepts(String sql) {
        assertThat(fixture.prepare(sql).isUpdate()).isFalse();
    }

    @Test
    void namesColumnsByTheirText() {
        assertThat(
                        fixture.names(
                                "select n_name, upper( n_name ), 1 + 2, 'x', N_Regionkey from"
                                        + " nation"))
                .containsExactly("n_name", "upper( n_name )", "1 + 2", "'x'", "N_Regionkey");
        assertThat(fixture.names("values (1, 2)")).containsExactly("col0", "col1");
        assertThat(fixture.names("select * from nation"))
                .containsExactly("n_nationkey", "n_name", "n_regionkey");
    }

    @Test
    void starExcludesAndReplaces() {
        assertThat(fixture.names("select * exclude (n_name) from nation"))
                .containsExactly("n_nationkey", "n_regionkey");
        assertThat(fixture.names("select * exclude n_name from nation"))
                .containsExactly("n_nationkey", "n_regionkey");
        assertThat(fixture.types("select * replace (n_name || 'x' as n_name) from nation"))
                .containsExactly("INTEGER", "VARCHAR", "INTEGER");
    }

    @Test
    void memberOfStructNeedsNoTableName() {
        assertThat(fixture.types("select s.a, s.b[1] from (select {'a': 1, 'b': ['x']} as s)"))
                .containsExactly("INTEGER", "VARCHAR");
        assertThatThrownBy(() -> fixture.prepare("select s.a from nation"))
                .hasMessage("Table or alias not found in FROM: s");
    }

    @Test
    void fileInFromIsOpenedByItsPath() {
        assertThat(fixture.names("select x.n_name from 'data/x.parquet'"))
                .containsExactly("n_name");
        assertThat(fixture.names("select y.n_name from 'data/x.parquet' as y"))
                .containsExactly("n_name");
    }

    @Test
    void tableFunctionGetsArgumentsAndOptions() {
        fixture.prepare("select * from read_parquet(['a', 'b'], hive => true, depth = -2) r");
        assertThat(fixture.bound).containsExactly("[[a, b]] {depth=-2, hive=true}");
    }

    @Test
    void seriesAreTables() {
        assertThat(fixture.names("select * from generate_series(1, 10)"))
                .containsExactly("generate_series");
        assertThat(fixture.names("select i from range(10) t(i)")).containsExactly("i");
        assertThat(fixture.types("select range from range(0, 10, 2) r")).containsExactly("BIGINT");
    }

    @Test
    void parametersGetTypesFromTheirUse() {
        PreparedSql prepared =
                fixture.prepare(
                        "select ?, upper(?) from events where id = ? and day > ? and price < ?"
                                + " limit ?");
        assertThat(prepared.parameters().fields().stream().map(f -> f.type().sql()))
                .containsExactly(
                        "VARCHAR", "VARCHAR", "INTEGER", "DATE", "DECIMAL(15, 2)", "BIGINT");
        assertThat(prepared.parameters().fields().get(2).name()).isEqualTo("3");
    }

    @Test
    void numberedParametersMayRepeat() {
        PreparedSql prepared =
                fixture.prepare("select * from events where id = $2 or price = $2 or name = $1");
        assertThat(prepared.parameters().fields().stream().map(f -> f.type().sql()))
                .containsExactly("VARCHAR", "INTEGER");
    }

    @Test
    void exceptIsNoStarExclusion() {
        assertThat(fixture.names("select 1 as a except select 2")).containsExactly("a");
    }

    @Test
    void intervalsOfMonthsAndDaysOnlyMoveDates() {
        assertThatThrownBy(() -> fixture.prepare("select interval '1 month 3 days'"))
                .hasMessageStartingWith("Interval of months and of days not supported here");
    }
}
