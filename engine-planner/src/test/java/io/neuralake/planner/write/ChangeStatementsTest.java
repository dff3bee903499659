package io.neuralake.planner.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.planner.Cancellation;
import io.neuralake.planner.PreparedSql;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.error.SqlPosition;
import io.neuralake.spi.type.ScalarType;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/// INSERT, DELETE, UPDATE and MERGE from text to rows.
class ChangeStatementsTest {
    private final WriteFixture lake = new WriteFixture();

    @BeforeEach
    void makeTables() {
        lake.run("create table t (id integer, name varchar, price decimal(10, 2))");
        lake.run("insert into t values (1, 'a', 1.5), (2, 'b', 2.5), (3, 'c', null)");
        lake.run("create table s (id integer, name varchar, price decimal(10, 2))");
        lake.run("insert into s values (2, 'B', 20), (4, 'D', 40)");
    }

    @AfterEach
    void close() {
        lake.close();
    }

    private List<String> rows() {
        return lake.texts("select id, name, price from t order by id, name, price");
    }

    private void fails(String sql, ErrorCode code, String message) {
        NeuralakeException e = lake.fails(sql);
        assertThat(e).as(sql).isNotNull();
        assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
        assertThat(e).hasMessageContaining(message);
    }

    @Test
    void insertsValuesAndQueries() {
        assertThat(rows()).containsExactly("1|a|1.50", "2|b|2.50", "3|c|null");
        assertThat(lake.count("insert into t (name, id) values ('x', 9)")).isEqualTo(1);
        assertThat(lake.count("INSERT INTO main.T select id + 10, name, price from t where id < 3"))
                .isEqualTo(2);
        assertThat(rows())
                .containsExactly(
                        "1|a|1.50", "2|b|2.50", "3|c|null", "9|x|null", "11|a|1.50", "12|b|2.50");
    }

    @Test
    void insertsByNameWithDefaults() {
        lake.run("create table d (a integer default 7, b varchar default 'it''s', c date)");
        lake.run("insert into d by name select 'z' as b");
        lake.run("insert into d default values");
        lake.run("insert into d values (default, 'q', '2024-05-06')");
        lake.run("insert into d (c, a) select '2020-01-01', null");
        assertThat(lake.texts("select a, b, cast(c as varchar) from d order by b, a"))
                .containsExactly(
                        "7|it's|null", "null|it's|2020-01-01", "7|q|2024-05-06", "7|z|null");
    }

    @Test
    void overwritesAndReplaces() {
        assertThat(lake.count("insert overwrite t select * from t where id = 1")).isEqualTo(1);
        assertThat(rows()).containsExactly("1|a|1.50");
        lake.run("insert into t values (2, 'b', 1), (3, 'c', 1)");
        lake.run("insert into t replace where id >= 2 values (5, 'e', 1)");
        assertThat(rows()).containsExactly("1|a|1.50", "5|e|1.00");
        fails(
                "insert into t replace where id >= 2 values (1, 'e', 1)",
                ErrorCode.CHECK_VIOLATION,
                "REPLACE WHERE");
        assertThat(lake.lake.history).anyMatch(h -> h.contains("OVERWRITE {predicate=id >= 2}"));
    }

    @Test
    void deletes() {
        assertThat(lake.count("delete from t where id = 2 or price is null")).isEqualTo(2);
        assertThat(rows()).containsExactly("1|a|1.50");
        assertThat(lake.count("delete from t as x where x.id = 77")).isZero();
        assertThat(lake.count("delete from t")).isEqualTo(1);
        assertThat(rows()).isEmpty();
    }

    @Test
    void deletesByOtherTables() {
        lake.run("insert into s values (2, 'again', 1)");
        assertThat(lake.count("delete from t using s where t.id = s.id")).isEqualTo(1);
        assertThat(
                        lake.count(
                                "delete from t x where exists (select 1 from s where s.id = x.id +"
                                        + " 1)"))
                .isEqualTo(2);
        assertThat(rows()).isEmpty();
    }

    @Test
    void deletesWithSubQueriesOverItself() {
        assertThat(lake.count("delete from t where id = (select max(id) from t)")).isEqualTo(1);
        assertThat(lake.count("delete from t where id in (select id from s)")).isEqualTo(1);
        assertThat(rows()).containsExactly("1|a|1.50");
    }

    @Test
    void updates() {
        assertThat(lake.count("update t set price = price * 2, NAME = name || '!' where id < 3"))
                .isEqualTo(2);
        assertThat(rows()).containsExactly("1|a!|3.00", "2|b!|5.00", "3|c|null");
        lake.run("update t x set x.price = (select s.price from s where s.id = x.id)");
        assertThat(rows()).containsExactly("1|a!|null", "2|b!|20.00", "3|c|null");
        lake.run("update t set (name, price) = ('n', 1) where id = 3");
        lake.run(
                "update t set (name, price) = (select name, price from s where s.id = 4) where id ="
                        + " 1");
        assertThat(rows()).containsExactly("1|D|40.00", "2|b!|20.00", "3|n|1.00");
        assertThat(lake.count("update t set price = default")).isEqualTo(3);
    }

    @Test
    void updatesFromOtherTables() {
        assertThat(lake.count("update t set name = s.name from s where s.id = t.id")).isEqualTo(1);
        assertThat(rows()).containsExactly("1|a|1.50", "2|B|2.50", "3|c|null");
        lake.run("insert into s values (2, 'again', 1)");
        fails(
                "update t set name = s.name from s where s.id = t.id",
                ErrorCode.CARDINALITY_VIOLATION,
                "more than once");
    }

    @Test
    void mergesMatchedAndNotMatched() {
        assertThat(
                        lake.count(
                                "merge into t using s on t.id = s.id when matched then update set"
                                    + " name = s.name, price = t.price + s.price when not matched"
                                    + " then insert (id, name) values (s.id, s.name)"))
                .isEqualTo(2);
        assertThat(rows()).containsExactly("1|a|1.50", "2|B|22.50", "3|c|null", "4|D|null");
    }

    @Test
    void mergesWithAllKindsOfClauses() {
        lake.run("insert into t values (4, 'd', 4), (5, 'e', 5)");
        lake.run("insert into s values (6, 'F', 60), (7, 'G', 70)");
        assertThat(
                        lake.count(
                                "merge into t a using (select * from s) as b on a.id = b.id when"
                                    + " matched and b.price > 30 then delete when matched then"
                                    + " update set * when not matched and b.id = 7 then do nothing"
                                    + " when not matched by target then insert * when not matched"
                                    + " by source and a.price is null then delete when not matched"
                                    + " by source and a.id > 3 then update set name = case when"
                                    + " a.id = 5 then 'five' else 'no' end"))
                .isEqualTo(5);
        assertThat(rows()).containsExactly("1|a|1.50", "2|B|20.00", "5|five|5.00", "6|F|60.00");
    }

    @Test
    void mergesWithOneKindOfClause() {
        String head = "merge into t using s on t.id = s.id ";
        assertThat(lake.count(head + "when not matched then insert *")).isEqualTo(1);
        assertThat(lake.count(head + "when not matched by source and t.id = 3 then delete"))
                .isEqualTo(1);
        assertThat(lake.count(head + "when matched then update set price = 0")).isEqualTo(2);
        assertThat(
                        lake.count(
                                head
                                        + "when matched and t.id = 2 then delete when not matched"
                                        + " by source then update set price = -1"))
                .isEqualTo(2);
        assertThat(rows()).containsExactly("1|a|-1.00", "4|D|0.00");
        assertThat(lake.count(head + "when matched then do nothing")).isZero();
    }

    @Test
    void mergeEvaluatesValuesOnlyWhereTheirClauseActs() {
        assertThat(
                        lake.count(
                                "merge into t using s on t.id = s.id when matched and s.id <> 2"
                                    + " then update set price = 1 / (s.id - 2) when not matched"
                                    + " then insert (id, name, price) values (s.id, 'n', 8 / (s.id"
                                    + " - 2))"))
                .isEqualTo(1);
        assertThat(rows()).contains("4|n|4.00");
    }

    @Test
    void mergeTakesNamesOfTheOnlySideThereIs() {
        assertThat(
                        lake.count(
                                "merge into t using s on t.id = s.id when not matched and id > 1"
                                    + " then insert values (id, name, price) when not matched by"
                                    + " source and id = 1 then update set price = price + 1"))
                .isEqualTo(2);
        assertThat(rows()).containsExactly("1|a|2.50", "2|b|2.50", "3|c|null", "4|D|40.00");
        fails(
                "merge into t using s on t.id = s.id when matched then update set price = price",
                ErrorCode.AMBIGUOUS_COLUMN,
                "price");
    }

    @Test
    void mergeRefusesTwoSourcesOfOneRow() {
        lake.run("insert into s values (2, 'again', 1)");
        fails(
                "merge into t using s on t.id = s.id when matched then update set name = s.name",
                ErrorCode.CARDINALITY_VIOLATION,
                "more than once");
        assertThat(rows()).contains("2|b|2.50");
        assertThat(
                        lake.count(
                                "merge into t using s on t.id = s.id when matched and s.name ="
                                        + " 'again' then update set name = s.name"))
                .isEqualTo(1);
    }

    @Test
    void mergeWithSubQueriesInClauses() {
        assertThat(
                        lake.count(
                                "merge into t using s on t.id = s.id when matched and s.price >"
                                    + " (select min(price) from t) then update set price = (select"
                                    + " max(id) from t) when not matched then insert values (s.id,"
                                    + " (select min(name) from t), 0)"))
                .isEqualTo(2);
        assertThat(rows()).contains("2|b|3.00", "4|a|0.00");
    }

    @Test
    void evolvesSchemas() {
        lake.run("insert with schema evolution into t by name select 8 as id, true as extra");
        assertThat(lake.texts("select id, extra from t order by id"))
                .containsExactly("1|null", "2|null", "3|null", "8|true");
        lake.run("create table e (id integer, more bigint)");
        lake.run("insert into e values (1, 11), (99, 99)");
        lake.run(
                "merge with schema evolution into t using e on t.id = e.id when matched then update"
                        + " set * when not matched then insert *");
        assertThat(lake.texts("select id, name, more from t order by id"))
                .containsExactly("1|a|11", "2|b|null", "3|c|null", "8|null|null", "99|null|99");
        fails(
                "insert into t by name select 1 as id, 2 as other",
                ErrorCode.COLUMN_NOT_FOUND,
                "other");
    }

    @Test
    void checksRules() {
        lake.run(
                "create table r (id integer not null, n integer check (n > 0), m integer generated"
                    + " always as (n * 2), \"Odd name\" varchar, constraint small check (id < 100"
                    + " and \"Odd name\" <> 'it''s'))");
        lake.run("insert into r (id, n, \"Odd name\") values (1, 5, 'x')");
        lake.run("insert into r (id, n, m, \"Odd name\") values (2, 6, 12, 'x')");
        lake.run("insert into r values (3, 7, 'y')");
        assertThat(lake.texts("select id, n, m from r order by id"))
                .containsExactly("1|5|10", "2|6|12", "3|7|14");
        fails("insert into r values (null, 7, 'y')", ErrorCode.NOT_NULL_VIOLATION, "id");
        fails("insert into r values (1, 0, 'y')", ErrorCode.CHECK_VIOLATION, "n_check");
        fails("insert into r values (1, null, 'y')", ErrorCode.CHECK_VIOLATION, "n_check");
        fails("insert into r values (1, 1, 'it''s')", ErrorCode.CHECK_VIOLATION, "small");
        fails("insert into r values (1, 1, 3, 'y')", ErrorCode.CHECK_VIOLATION, "m");
        lake.run("update r set n = 50 where id = 1");
        fails("update r set id = 100 where id = 1", ErrorCode.CHECK_VIOLATION, "small");
        fails("update r set id = null", ErrorCode.NOT_NULL_VIOLATION, "id");
        fails("update r set m = 1", ErrorCode.CHECK_VIOLATION, "m");
        lake.run(
                "merge into r using (values (1, 9), (4, 8)) as s(id, n) on r.id = s.id when matched"
                        + " then update set n = s.n when not matched then insert (id, n, m, \"Odd"
                        + " name\") values (s.id, s.n, s.n * 2, 'm')");
        assertThat(lake.texts("select id, n, m from r order by id"))
                .containsExactly("1|9|18", "2|6|12", "3|7|14", "4|8|16");
        fails(
                "merge into r using (values (5, 8)) as s(id, n) on r.id = s.id when not matched"
                        + " then insert (n) values (s.n)",
                ErrorCode.NOT_NULL_VIOLATION,
                "id");
        lake.run(
                "merge into r using (values (1, 9)) as s(id, n) on r.id = s.id when matched then"
                        + " delete");
        assertThat(lake.texts("select count(*) from r")).containsExactly("3");
    }

    @Test
    void castsAsAssignmentsDo() {
        lake.run("insert into t select cast(7 as bigint), 12, 3.14159e0");
        assertThat(rows()).contains("7|12|3.14");
        fails("insert into t values ('x' || 'y', 'n', 1)", ErrorCode.TYPE_MISMATCH, "column id");
        fails("insert into t (price) values (true)", ErrorCode.TYPE_MISMATCH, "price");
        fails("update t set id = name", ErrorCode.TYPE_MISMATCH, "VARCHAR");
        fails("insert into t (id) select name from t", ErrorCode.TYPE_MISMATCH, "column id");
        fails("insert into t (id) values (3000000000)", ErrorCode.NUMERIC_OUT_OF_RANGE, "");
        fails("insert into t (id) values ('7x')", ErrorCode.INVALID_TEXT, "");
    }

    @Test
    void refusesWrongNames() {
        fails("insert into tt values (1)", ErrorCode.TABLE_NOT_FOUND, "tt");
        fails("insert into t (idd) values (1)", ErrorCode.COLUMN_NOT_FOUND, "did you mean id");
        fails("insert into t (id, ID) values (1, 2)", ErrorCode.DUPLICATE_NAME, "ID");
        fails("insert into t values (1, 'a')", ErrorCode.SYNTAX_ERROR, "2 for 3");
        fails("update t set nme = 1", ErrorCode.COLUMN_NOT_FOUND, "did you mean name");
        fails("update t set id = 1, id = 2", ErrorCode.DUPLICATE_NAME, "id");
        fails("delete from t where nme = 'x'", ErrorCode.COLUMN_NOT_FOUND, "did you mean name");
        fails("insert into information_schema.tables values (1)", ErrorCode.UNSUPPORTED, "");
        assertThat(lake.fails("delete from t\nwhere nme = 'x'").position())
                .contains(new SqlPosition(2, 7));
        assertThat(lake.fails("update t set name = 'x',\n  price = nme").position())
                .contains(new SqlPosition(2, 11));
        assertThat(lake.fails("insert into t select * from\n  missing").position())
                .contains(new SqlPosition(2, 3));
        assertThat(lake.fails("delete from t where (id = 1").code())
                .isEqualTo(ErrorCode.SYNTAX_ERROR);
    }

    @Test
    void takesParameters() {
        PreparedSql insert = lake.engine.prepare("insert into t values (?, ?, ?)", lake.session);
        assertThat(insert.parameters().fields().stream().map(f -> f.type().sql()))
                .containsExactly("INTEGER", "VARCHAR", "DECIMAL(10, 2)");
        for (long i = 20; i < 23; i++) {
            insert.execute(
                            lake.session,
                            List.of(
                                    new Literal(i, ScalarType.BIGINT),
                                    new Literal("p" + i, ScalarType.VARCHAR),
                                    new Literal("1.25", ScalarType.VARCHAR)))
                    .close();
        }
        assertThat(
                        lake.count(
                                "update t set name = ? where id = ?",
                                new Literal("u", ScalarType.VARCHAR),
                                new Literal(21L, ScalarType.INTEGER)))
                .isEqualTo(1);
        assertThat(lake.count("delete from t where id = ?", new Literal(20L, ScalarType.INTEGER)))
                .isEqualTo(1);
        assertThat(rows()).contains("21|u|1.25", "22|p22|1.25").doesNotContain("20|p20|1.25");
        assertThat(
                        lake.count(
                                "merge into t using (select cast(? as integer) as id, ? as name) s"
                                        + " on t.id = s.id when matched then update set name = ?",
                                new Literal(22L, ScalarType.INTEGER),
                                new Literal("m", ScalarType.VARCHAR),
                                new Literal("z", ScalarType.VARCHAR)))
                .isEqualTo(1);
        assertThat(rows()).contains("22|z|1.25");
    }

    @Test
    void preparedStatementsSeeNewDefinitions() {
        PreparedSql insert = lake.engine.prepare("insert into t (id) values (50)", lake.session);
        insert.execute(lake.session, List.of()).close();
        lake.run("alter table t add column extra integer default 5");
        insert.execute(lake.session, List.of()).close();
        lake.run("insert into t (id) values (50)");
        assertThat(lake.texts("select id, extra from t where id = 50 order by extra"))
                .containsExactly("50|5", "50|5", "50|null");
    }

    @Test
    void triesAgainAfterConflicts() {
        int[] commits = {0};
        lake.lake.beforeCommit =
                () -> {
                    if (commits[0]++ < 3) {
                        Runnable hook = lake.lake.beforeCommit;
                        lake.lake.beforeCommit = () -> {};
                        lake.run("insert into t values (3, 'other', 0)");
                        lake.lake.beforeCommit = hook;
                    }
                };
        assertThat(lake.count("update t set price = 9 where id = 3")).isEqualTo(4);
        lake.lake.beforeCommit = () -> {};
        assertThat(lake.texts("select count(*) from t where price = 9")).containsExactly("4");
    }

    @Test
    void truncates() {
        assertThat(lake.count("truncate table t")).isEqualTo(3);
        assertThat(rows()).isEmpty();
    }

    @Test
    void explainsQueries() {
        assertThat(lake.texts("explain update t set price = 1 where id = 2"))
                .anyMatch(line -> line.contains("Scan"));
        assertThat(
                        lake.texts(
                                "explain merge into t using s on t.id = s.id when matched then"
                                        + " delete"))
                .anyMatch(line -> line.contains("join"));
    }

    @Test
    void copiesFilesOnce() {
        lake.files.add(new SourceFiles.SourceFile("/in/a.parquet", 10, 1));
        lake.files.add(new SourceFiles.SourceFile("/in/bb.parquet", 10, 1));
        assertThat(lake.count("copy into t from '/in' fileformat = parquet")).isEqualTo(2);
        assertThat(lake.count("copy into t from '/in' fileformat = parquet")).isZero();
        lake.files.add(new SourceFiles.SourceFile("/in/a.parquet", 11, 2));
        lake.files.add(new SourceFiles.SourceFile("/in/ccc.parquet", 11, 2));
        assertThat(lake.count("copy into t from '/in' pattern = 'cc*.parquet'")).isEqualTo(1);
        assertThat(lake.count("copy into t from '/in'")).isEqualTo(1);
        assertThat(lake.texts("select count(*) from t where id > 10")).containsExactly("4");
    }

    private long all(String sql, Object... values) {
        PreparedSql prepared = lake.engine.prepare(sql, lake.session);
        List<List<Literal>> rows = new ArrayList<>();
        for (Object value : values) {
            rows.add(List.of(new Literal(value, ScalarType.BIGINT)));
        }
        return prepared.executeAll(lake.session, rows);
    }

    @Test
    void rowsOfParametersSeeWhatThoseBeforeThemInserted() {
        int versions = lake.lake.versions("t").size();
        String sql = "insert into t select max(id) + ?, 'n', null from t";
        assertThat(all(sql, 1L, 1L, 10L)).isEqualTo(3);
        assertThat(lake.texts("select id from t where name = 'n' order by id"))
                .containsExactly("4", "5", "15");
        assertThat(lake.lake.versions("t")).hasSize(versions + 1);
        // A scan that the plan leaves out, as the table has no rows yet, is one all the same.
        lake.run("create table e (id integer)");
        assertThat(all("insert into e select coalesce(max(id), 0) + ? from e", 1L, 1L))
                .isEqualTo(2);
        assertThat(lake.texts("select id from e order by id")).containsExactly("1", "2");
        lake.run("begin");
        assertThat(all("insert into e select max(id) + ? from e", 1L, 1L)).isEqualTo(2);
        lake.run("commit");
        assertThat(lake.texts("select id from e order by id")).containsExactly("1", "2", "3", "4");
    }

    @Test
    void noRowsOfParametersChangeNothing() {
        int versions = lake.lake.versions("t").size();
        assertThat(all("insert into t values (?, 'n', null)")).isZero();
        assertThat(all("delete from t where id = ?")).isZero();
        assertThat(lake.lake.versions("t")).hasSize(versions);
    }

    @Test
    void rowsOfParametersAddColumnsOnce() {
        String sql = "insert with schema evolution into t by name select ? as more, 9 as id";
        assertThat(all(sql, 1L, 2L)).isEqualTo(2);
        assertThat(lake.texts("select id, more from t where id = 9 order by more"))
                .containsExactly("9|1", "9|2");
        lake.run("begin");
        NeuralakeException e =
                catchThrowableOfType(
                        NeuralakeException.class,
                        () ->
                                all(
                                        "insert with schema evolution into t by name"
                                                + " select ? as newer",
                                        1L,
                                        2L));
        assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
        lake.run("rollback");
        assertThat(lake.texts("select * from t limit 1").getFirst().split("\\|")).hasSize(4);
    }

    @Test
    void theCountOfWhatWasCommittedNeedsNoQuery() {
        for (String sql :
                List.of("insert into t values (7, 'x', null)", "delete from t where id = 7")) {
            lake.lake.beforeCommit = () -> lake.session.settings().put("memory_limit", "nonsense");
            assertThat(lake.count(sql)).isEqualTo(1);
            lake.lake.beforeCommit = () -> {};
            lake.session.settings().clear();
        }
    }

    @Test
    void aChangeIsCancelledUpToItsCommit() {
        Cancellation early = new Cancellation();
        PreparedSql insert =
                lake.engine.prepare("insert into t select id, name, price from s", lake.session);
        lake.lake.beforeLookup = () -> assertThat(early.cancel()).isTrue();
        assertThatThrownBy(() -> insert.execute(lake.session.cancelledBy(early), List.of()))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        assertThat(rows()).hasSize(3);
        Cancellation late = new Cancellation();
        lake.lake.beforeCommit = () -> assertThat(late.cancel()).isFalse();
        insert.execute(lake.session.cancelledBy(late), List.of()).close();
        assertThat(rows()).hasSize(5);
    }

    @Test
    void aCancelledChangeIsNoPartOfItsTransaction() {
        lake.session.begin();
        Cancellation cancellation = new Cancellation();
        lake.lake.beforeStage = () -> assertThat(cancellation.cancel()).isTrue();
        PreparedSql insert =
                lake.engine.prepare("insert into t select id, name, price from s", lake.session);
        assertThatThrownBy(() -> insert.execute(lake.session.cancelledBy(cancellation), List.of()))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        assertThatThrownBy(lake.session::commit).hasMessageContaining("nothing was committed");
        assertThat(rows()).hasSize(3);
    }
}
