package io.neuralake.planner.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.planner.Cancellation;
import io.neuralake.planner.PreparedSql;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.error.SqlPosition;
import io.neuralake.spi.type.ScalarType;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

/// Statements about definitions and storage of tables, from text to the catalog.
class DefinitionStatementsTest {
    private final WriteFixture lake = new WriteFixture();

    @AfterEach
    void close() {
        lake.close();
    }

    private TableDefinition definition(String table) {
        return lake.lake.newest(table).definition();
    }

    private void fails(String sql, ErrorCode code, String message) {
        NeuralakeException e = lake.fails(sql);
        assertThat(e).as(sql).isNotNull();
        assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
        assertThat(e).hasMessageContaining(message);
    }

    @Test
    void createsTables() {
        assertThat(
                        lake.count(
                                """
                                CREATE TABLE main.t (
                                    id BIGINT NOT NULL COMMENT 'key',
                                    "Name" VARCHAR(20) DEFAULT 'it''s' COMMENT 'who',
                                    at TIMESTAMP WITH TIME ZONE,
                                    tags VARCHAR[],
                                    place STRUCT(x INTEGER, y DOUBLE),
                                    day DATE GENERATED ALWAYS AS (CAST(at AS DATE)),
                                    price DECIMAL(10, 2) CHECK (price > 0),
                                    CONSTRAINT named CHECK ("Name" <> ''),
                                    CHECK (id > 0)
                                ) USING delta PARTITIONED BY (day)
                                COMMENT 'a table' TBLPROPERTIES ('delta.appendOnly' = 'true', x.y = 5)
                                """))
                .isZero();
        TableDefinition made = definition("t");
        assertThat(made.columns().stream().map(c -> c.field().type().sql()))
                .containsExactly(
                        "BIGINT",
                        "VARCHAR",
                        "TIMESTAMP WITH TIME ZONE",
                        "VARCHAR[]",
                        "STRUCT(x INTEGER, y DOUBLE)",
                        "DATE",
                        "DECIMAL(10, 2)");
        assertThat(made.columns().get(0).field().nullable()).isFalse();
        assertThat(made.columns().get(0).comment()).isEqualTo("key");
        assertThat(made.columns().get(1).defaultValue()).isEqualTo("'it\\'s'");
        assertThat(made.columns().get(5).generatedAs()).isEqualTo("CAST(at AS DATE)");
        assertThat(made.checks())
                .containsEntry("named", "`Name` <> ''")
                .containsEntry("price_check", "price > 0")
                .hasSize(3);
        assertThat(made.partitionColumns()).containsExactly("day");
        assertThat(made.comment()).isEqualTo("a table");
        assertThat(made.properties())
                .containsEntry("delta.appendOnly", "true")
                .containsEntry("x.y", "5");
        assertThat(lake.texts("show tables")).containsExactly("t");
        assertThat(lake.texts("describe t")).hasSize(7);
        assertThat(
                        lake.texts(
                                "select table_name from information_schema.tables where"
                                        + " table_schema = 'main'"))
                .containsExactly("t");
    }

    @Test
    void showsTheStatementThatMakesATableAgain() {
        lake.run(
                "create table t (id integer not null default 1 + 1, \"or\" varchar comment 'it''s',"
                    + " d date generated always as (date '2020-01-01'), constraint c check (\"or\""
                    + " <> 'a''b')) cluster by (id) comment 'x' tblproperties ('a' = 'b')");
        TableDefinition first = definition("t");
        String text = lake.texts("show create table t").getFirst();
        lake.run("drop table t");
        lake.run(text);
        assertThat(definition("t")).isEqualTo(first);
    }

    @Test
    void createsTablesOfQueries() {
        assertThat(
                        lake.count(
                                "create table t as select cast(? as integer) as n, 'x' as name",
                                new Literal(5L, ScalarType.INTEGER)))
                .isEqualTo(1);
        assertThat(lake.texts("select * from t")).containsExactly("5|x");
        lake.run("create or replace table t as select n + 1 as m from t");
        assertThat(lake.texts("select m from t")).containsExactly("6");
        lake.run("replace table t (q integer)");
        assertThat(lake.texts("select q from t")).isEmpty();
        assertThat(lake.count("create table if not exists t as select 1 as x")).isZero();
        assertThat(lake.texts("select q from t")).isEmpty();
        fails("create table t (a integer)", ErrorCode.TABLE_EXISTS, "t");
        fails("replace table u (a integer)", ErrorCode.TABLE_NOT_FOUND, "u");
        fails("create table u as select 1 as a, 2 as A", ErrorCode.DUPLICATE_NAME, "A");
        lake.run("create table w (a varchar not null, b bigint) as select 'k', 1");
        assertThat(lake.texts("select * from w")).containsExactly("k|1");
        assertThat(definition("w").columns().getFirst().field().nullable()).isFalse();
    }

    @Test
    void dropsTables() {
        lake.run("create table t (a integer)");
        lake.run("drop table T");
        fails("drop table t", ErrorCode.TABLE_NOT_FOUND, "t");
        lake.run("drop table if exists t");
        fails("select * from t", ErrorCode.TABLE_NOT_FOUND, "t");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "create table t (a integer, A varchar) | DUPLICATE_NAME",
                "create table t (a integr) | TYPE_MISMATCH",
                "create table t (a integer default b) | COLUMN_NOT_FOUND",
                "create table t (a integer default true) | TYPE_MISMATCH",
                "create table t (a integer generated always as (b + 1)) | COLUMN_NOT_FOUND",
                "create table t (a integer generated always as identity) | UNSUPPORTED",
                "create table t (a integer check (c > 1)) | COLUMN_NOT_FOUND",
                "create table t (a integer) partitioned by (b) | COLUMN_NOT_FOUND",
                "create table t (a integer) partitioned by (a) cluster by (a) | INVALID_PARAMETER",
                "create table t (a integer) using parquet | UNSUPPORTED",
                "create table t | SYNTAX_ERROR",
                "create table t (a integer | SYNTAX_ERROR",
                "create table nix.t (a integer) | SCHEMA_NOT_FOUND",
                "create table nix.main.t (a integer) | CATALOG_NOT_FOUND",
            })
    void refusesWrongDefinitions(String sql, ErrorCode code) {
        fails(sql, code, "");
    }

    @Test
    void errorsHavePositions() {
        assertThat(lake.fails("create table t (a integer,\n  b integr)").position())
                .contains(new SqlPosition(2, 5));
        assertThat(lake.fails("create table t (\n  a integer check (nope > 1))").position())
                .contains(new SqlPosition(2, 20));
    }

    @Test
    void altersTables() {
        lake.run("create table t (a integer, b varchar)");
        lake.run("insert into t values (1, 'x'), (2, null)");
        lake.run("alter table t add columns (c double after a, d bigint comment 'dd')");
        lake.run("alter table t add column e date first");
        assertThat(definition("t").schema().fields().stream().map(f -> f.name()))
                .containsExactly("e", "a", "c", "b", "d");
        lake.run("alter table t drop column e, drop column if exists nix");
        lake.run("alter table t rename column b to bb");
        lake.run("alter table t alter column a type bigint");
        lake.run("alter table t alter column a set not null");
        lake.run("alter table t alter column c set default 1.5");
        lake.run("comment on column t.c is 'cc'");
        lake.run("comment on table t is 'tt'");
        lake.run("alter table t set tblproperties ('k' = 'v', 'l' = 'w')");
        lake.run("alter table t unset tblproperties ('k')");
        lake.run("alter table t cluster by (a)");
        lake.run("alter table t add constraint positive check (a > 0)");
        TableDefinition now = definition("t");
        assertThat(now.schema().fields().toString())
                .contains("BIGINT", "bb")
                .doesNotContain("INTEGER");
        assertThat(now.columns().get(0).field().nullable()).isFalse();
        assertThat(now.columns().get(1).defaultValue()).isEqualTo("1.5");
        assertThat(now.columns().get(1).comment()).isEqualTo("cc");
        assertThat(now.comment()).isEqualTo("tt");
        assertThat(now.properties()).containsOnlyKeys("l");
        assertThat(now.clusterColumns()).containsExactly("a");
        assertThat(now.checks()).containsEntry("positive", "a > 0");
        fails("insert into t (a) values (-1)", ErrorCode.CHECK_VIOLATION, "positive");
        lake.run("insert into t (a) values (7)");
        assertThat(lake.texts("select a, c from t order by a"))
                .containsExactly("1|null", "2|null", "7|1.5");
        lake.run("alter table t drop constraint positive, drop constraint if exists nix");
        lake.run("alter table if exists nix drop column q");
        lake.run("alter table t alter column a drop not null");
        lake.run("alter table t alter column c drop default");
        assertThat(definition("t").columns().get(1).defaultValue()).isNull();
    }

    @Test
    void refusesWrongAlterations() {
        lake.run("create table t (a integer, b varchar)");
        lake.run("insert into t values (1, 'x'), (2, null)");
        fails("alter table t drop column nix", ErrorCode.COLUMN_NOT_FOUND, "nix");
        fails("alter table t alter column b set not null", ErrorCode.NOT_NULL_VIOLATION, "b");
        fails("alter table t add constraint c check (a > 1)", ErrorCode.CHECK_VIOLATION, "c");
        fails("alter table t add constraint c check (b <> 'y')", ErrorCode.CHECK_VIOLATION, "c");
        fails("alter table t add constraint c check (z > 1)", ErrorCode.COLUMN_NOT_FOUND, "z");
        fails("alter table t add column c integer not null", ErrorCode.UNSUPPORTED, "NOT NULL");
        fails("alter table t alter column a set default 'x' || 'y'", ErrorCode.TYPE_MISMATCH, "a");
        fails("alter table nix drop column a", ErrorCode.TABLE_NOT_FOUND, "nix");
        fails("alter table t frobnicate", ErrorCode.SYNTAX_ERROR, "frobnicate");
    }

    @Test
    void optimizesInOrder() {
        lake.run("create table t (a integer, b integer, c varchar) partitioned by (a)");
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 64; i++) {
            rows.append(i == 0 ? "" : ", ")
                    .append("(" + i * 37 % 64 / 8 + ", " + i * 37 % 64 % 8 + ", 'r')");
        }
        lake.run("insert into t values " + rows);
        assertThat(lake.run("optimize t zorder by (a, b)"))
                .containsExactly(List.of(64L, 1L, 10L, 5L));
        List<String> ordered =
                lake.lake.newest("t").rows().stream()
                        .map(row -> row.values().get(0) + "," + row.values().get(1))
                        .toList();
        assertThat(ordered).hasSize(64).doesNotHaveDuplicates();
        // A quarter of the curve is a quarter of the square.
        assertThat(ordered.subList(0, 16)).allMatch(p -> p.matches("[0-3],[0-3]"));
        assertThat(ordered.subList(48, 64)).allMatch(p -> p.matches("[4-7],[4-7]"));
        lake.run("optimize t where a = 3");
        lake.run("optimize t zorder by (b)");
        assertThat(lake.lake.newest("t").rows().getFirst().values().get(1)).isEqualTo(0L);
        fails("optimize t where c like '%x'", ErrorCode.UNSUPPORTED, "partition");
        fails("optimize t where b = 3", ErrorCode.UNSUPPORTED, "partition");
        fails("optimize t where a = 3 and c like 'x%'", ErrorCode.UNSUPPORTED, "partition");
        fails("optimize t zorder by (q)", ErrorCode.COLUMN_NOT_FOUND, "q");
    }

    private void fill() {
        lake.run("create table t (a integer)");
        lake.run("insert into t values (1), (2), (3)");
    }

    @Test
    void optimizesAgainWhatOthersHaveChanged() {
        fill();
        lake.lake.partialCompactions = 1;
        assertThat(lake.run("optimize t")).containsExactly(List.of(6L, 2L, 20L, 10L));
        assertThat(lake.lake.compactions).hasSize(2);
        assertThat(lake.lake.compactions.getFirst().earlier()).isNull();
        assertThat(lake.lake.compactions.getLast().earlier()).isNotNull();
        lake.lake.compactions.clear();
        lake.lake.partialCompactions = 10;
        lake.run("optimize t");
        assertThat(lake.lake.compactions).as("attempts").hasSize(3);
    }

    @Test
    void optimizesAgainUntilItIsCancelled() {
        fill();
        lake.lake.partialCompactions = 10;
        Cancellation cancellation = new Cancellation();
        lake.lake.beforeStage =
                () -> {
                    if (lake.lake.compactions.size() == 2) {
                        assertThat(cancellation.cancel()).isTrue();
                    }
                };
        PreparedSql optimize = lake.engine.prepare("optimize t", lake.session);
        optimize.execute(lake.session.cancelledBy(cancellation), List.of()).close();
        assertThat(lake.lake.compactions).as("attempts, of which the first stands").hasSize(2);
        assertThat(lake.texts("select a from t")).hasSize(3);
        assertThat(lake.lake.history).filteredOn(h -> h.startsWith("OPTIMIZE")).hasSize(1);
    }

    @Test
    void tellsWhatIsOptimizedWhenALaterAttemptFails() {
        fill();
        lake.lake.partialCompactions = 10;
        lake.lake.beforeStage =
                () -> {
                    if (lake.lake.compactions.size() == 2) {
                        throw new NeuralakeException(ErrorCode.DISK_FULL, "full");
                    }
                };
        assertThat(lake.run("optimize t")).containsExactly(List.of(3L, 1L, 10L, 5L));
    }

    @Test
    void compactsAfterChangesOfTablesThatAskForIt() {
        lake.run(
                "create table t (a integer)"
                        + " tblproperties ('delta.autoOptimize.autoCompact' = 'true')");
        assertThat(lake.count("insert into t values (1), (2), (3)")).isEqualTo(3);
        assertThat(lake.lake.history.getLast()).startsWith("OPTIMIZE").contains("auto=true");
        assertThat(lake.texts("select a from t")).hasSize(3);
        lake.lake.beforeStage =
                () -> {
                    if (lake.lake.compactions.size() == 2) {
                        throw new NeuralakeException(ErrorCode.TRANSACTION_CONFLICT, "lost");
                    }
                };
        lake.run("delete from t where a = 1");
        assertThat(lake.texts("select a from t")).containsExactly("2", "3");
        lake.run("alter table t set tblproperties ('delta.autoOptimize.autoCompact' = 'false')");
        lake.lake.compactions.clear();
        lake.run("insert into t values (4)");
        assertThat(lake.lake.compactions).isEmpty();
    }

    @Test
    void maintainsAndRestores() {
        lake.run("create table t (a integer)");
        lake.run("insert into t values (1)");
        lake.run("insert into t values (2)");
        assertThat(lake.texts("vacuum t retain 24 hours dry run"))
                .containsExactly("a.parquet", "b.parquet");
        assertThat(lake.count("vacuum t")).isEqualTo(2);
        assertThat(lake.count("checkpoint t")).isEqualTo(2);
        lake.run("restore table t to version as of 1");
        assertThat(lake.texts("select a from t")).containsExactly("1");
        fails("vacuum t retain x hours", ErrorCode.SYNTAX_ERROR, "x");
    }
}
