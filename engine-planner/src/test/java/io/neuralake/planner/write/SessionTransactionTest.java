package io.neuralake.planner.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.planner.PreparedSql;
import io.neuralake.planner.SqlSession;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;

/// BEGIN, COMMIT and ROLLBACK of a session.
class SessionTransactionTest {
    private final WriteFixture lake = new WriteFixture();
    private final SqlSession other = new SqlSession("bob");

    @BeforeEach
    void makeTables() {
        lake.run("create table t (a integer)");
        lake.run("create table u (a integer)");
        lake.run("insert into t values (1), (2)");
    }

    @AfterEach
    void close() {
        lake.close();
    }

    private void fails(String sql, ErrorCode code) {
        NeuralakeException e = lake.fails(sql);
        assertThat(e).as(sql).isNotNull();
        assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
    }

    private List<List<Object>> others() {
        return List.copyOf(lake.run(other, "select a from t order by a"));
    }

    @Test
    void statementsSeeWhatEarlierOnesStaged() {
        lake.run("begin");
        lake.run("insert into t values (3)");
        lake.run("update t set a = a * 10 where a > 1");
        assertThat(lake.texts("select a from t order by a")).containsExactly("1", "20", "30");
        lake.run("delete from t where a = (select max(a) from t)");
        lake.run("insert into t select a + 1 from t");
        assertThat(others()).containsExactly(List.of(1L), List.of(2L));
        int versions = lake.lake.versions("t").size();
        lake.run("commit");
        assertThat(lake.lake.versions("t")).hasSize(versions + 1);
        assertThat(others()).containsExactly(List.of(1L), List.of(2L), List.of(20L), List.of(21L));
    }

    @Test
    void rollbackUndoesEverything() {
        lake.run("start transaction");
        lake.run("truncate table t");
        assertThat(lake.texts("select a from t")).isEmpty();
        lake.run("rollback");
        assertThat(lake.texts("select a from t order by a")).containsExactly("1", "2");
        assertThat(lake.session.transaction()).isEmpty();
    }

    @Test
    void aFailedStatementFailsTheTransaction() {
        lake.run("begin work");
        lake.run("insert into t values (3)");
        fails("insert into t values (1 / 0)", ErrorCode.DIVISION_BY_ZERO);
        fails("select a from t", ErrorCode.FAILED_TRANSACTION);
        fails("insert into t values (4)", ErrorCode.FAILED_TRANSACTION);
        fails("commit", ErrorCode.FAILED_TRANSACTION);
        assertThat(lake.texts("select a from t order by a")).containsExactly("1", "2");
        lake.run("begin");
        fails("selec", ErrorCode.SYNTAX_ERROR);
        fails("select 1", ErrorCode.FAILED_TRANSACTION);
        lake.run("rollback");
        lake.run("insert into t values (3)");
    }

    @Test
    void conflictsAreNotTriedAgain() {
        lake.run("begin");
        lake.run("update t set a = 5 where a = 1");
        lake.run(other, "insert into t values (9)");
        assertThat(lake.texts("select a from t order by a")).containsExactly("2", "5");
        fails("commit", ErrorCode.TRANSACTION_CONFLICT);
        assertThat(lake.session.transaction()).isEmpty();
        assertThat(others()).containsExactly(List.of(1L), List.of(2L), List.of(9L));
    }

    @Test
    void readsAreRepeatable() {
        lake.run("begin");
        assertThat(lake.texts("select count(*) from t")).containsExactly("2");
        lake.run(other, "insert into t values (9)");
        assertThat(lake.texts("select count(*) from t")).containsExactly("2");
        lake.run("insert into t select a + 100 from t");
        lake.run("commit");
        assertThat(lake.texts("select count(*) from t")).containsExactly("5");
    }

    @Test
    void severalTablesNeedASetting() {
        lake.run("begin");
        lake.run("insert into t values (3)");
        NeuralakeException e = lake.fails("insert into u values (3)");
        assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(e).hasMessageContaining("allow_non_atomic_commit");
        lake.run("rollback");
        lake.run("set allow_non_atomic_commit = true");
        lake.run("begin");
        lake.run("insert into t values (3)");
        lake.run("insert into u select a from t");
        lake.run("commit");
        assertThat(lake.texts("select count(*) from u")).containsExactly("3");
    }

    @Test
    void definitionsTakeEffectAtOnceBeforeAnyChangeAndAreRefusedAfter() {
        lake.run("begin");
        lake.run("create table x (a integer)");
        lake.run("rollback");
        assertThat(lake.texts("select count(*) from x")).containsExactly("0");
        for (String definition :
                List.of(
                        "create table y (a integer)",
                        "alter table t add column b integer",
                        "drop table t")) {
            lake.run("begin");
            lake.run("insert into t values (3)");
            fails(definition, ErrorCode.UNSUPPORTED);
            lake.run("rollback");
        }
    }

    @Test
    void beginAndEndComeInPairs() {
        fails("commit", ErrorCode.NO_ACTIVE_TRANSACTION);
        fails("rollback", ErrorCode.NO_ACTIVE_TRANSACTION);
        lake.session.begin();
        assertThatThrownBy(lake.session::begin)
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.ACTIVE_TRANSACTION));
        lake.session.close();
        lake.session.close();
        assertThat(lake.session.transaction()).isEmpty();
    }

    @Test
    void statementsPreparedBeforeRunInside() {
        PreparedSql insert = lake.engine.prepare("insert into t values (7)", lake.session);
        PreparedSql query = lake.engine.prepare("select a from t order by a", lake.session);
        lake.session.begin();
        insert.execute(lake.session, List.of()).close();
        try (var result = query.execute(lake.session, List.of())) {
            assertThat(WriteFixture.rows(result))
                    .containsExactly(List.of(1L), List.of(2L), List.of(7L));
        }
        lake.session.rollback();
        try (var result = query.execute(lake.session, List.of())) {
            assertThat(WriteFixture.rows(result)).containsExactly(List.of(1L), List.of(2L));
        }
    }
}
