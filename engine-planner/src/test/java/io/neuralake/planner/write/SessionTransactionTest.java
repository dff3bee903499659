package io.neuralake.planner.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.QueryResult;
import io.neuralake.planner.PreparedSql;
import io.neuralake.planner.SqlSession;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.change.ChangeInfo;
import io.neuralake.spi.change.ChangeOperation;
import io.neuralake.spi.change.SupportsChanges;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.change.TableTransaction;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Schema;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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

    private List<List<Object>> rows(PreparedSql prepared, SqlSession by) {
        try (QueryResult result = prepared.execute(by, List.of())) {
            return List.copyOf(WriteFixture.rows(result));
        }
    }

    @Test
    void preparedQueryIsPlannedAnewOnlyForWhatItHasNotSeen() {
        PreparedSql prepared = lake.engine.prepare("select count(*) from t", lake.session);
        int plans = lake.plans;
        lake.run("begin");
        assertThat(rows(prepared, lake.session)).containsExactly(List.of(2L));
        assertThat(lake.plans).as("another's plan").isEqualTo(plans + 1);
        lake.run(other, "insert into t values (9)");
        plans = lake.plans;
        assertThat(rows(prepared, lake.session)).containsExactly(List.of(2L));
        assertThat(lake.plans).as("its own plan").isEqualTo(plans);
        lake.run("insert into t values (3), (4)");
        plans = lake.plans;
        assertThat(rows(prepared, lake.session)).containsExactly(List.of(4L));
        assertThat(rows(prepared, lake.session)).containsExactly(List.of(4L));
        assertThat(lake.plans).as("after a change").isEqualTo(plans + 1);
        assertThat(rows(prepared, other)).as("of another").containsExactly(List.of(3L));
        lake.run("rollback");
        assertThat(rows(prepared, lake.session)).containsExactly(List.of(3L));
        assertThat(lake.plans).as("shared again").isEqualTo(plans + 2);
    }

    @Test
    void queryPreparedInATransactionIsPlannedOnce() {
        lake.run("begin");
        int plans = lake.plans;
        PreparedSql prepared = lake.engine.prepare("select count(*) from t", lake.session);
        assertThat(rows(prepared, lake.session)).containsExactly(List.of(2L));
        assertThat(rows(prepared, lake.session)).containsExactly(List.of(2L));
        assertThat(lake.plans).isEqualTo(plans + 1);
        lake.run("commit");
        lake.run("begin");
        lake.run(other, "insert into t values (9)");
        assertThat(rows(prepared, lake.session)).containsExactly(List.of(3L));
        lake.run("rollback");
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

    @Test
    void aStatementOnItsWayIsNeverCommittedByItself() {
        SqlSession named = lake.session.inTransaction();
        PreparedSql insert = lake.engine.prepare("insert into t values (7)", named);
        named.rollback();
        isOver(insert, named);
        SqlSession begun = new SqlSession("ada");
        begun.begin();
        PreparedSql second = lake.engine.prepare("insert into t values (8)", begun);
        lake.lake.beforeLookup = begun::rollback;
        isOver(second, begun);
        begun.begin();
        lake.lake.beforeLookup = begun::commit;
        isOver(second, begun);
        SqlSession named2 = lake.session.inTransaction();
        lake.lake.beforeLookup = named2::close;
        isOver(second, named2);
        assertThat(others()).containsExactly(List.of(1L), List.of(2L));
    }

    private static void isOver(PreparedSql statement, SqlSession session) {
        assertThatThrownBy(() -> statement.execute(session, List.of()))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_ACTIVE_TRANSACTION));
    }

    @Test
    void whateverAStatementThrowsFailsTheTransaction() {
        lake.run("begin");
        PreparedSql insert = lake.engine.prepare("insert into t values (7)", lake.session);
        lake.lake.beforeLookup =
                () -> {
                    throw new IllegalStateException("A defect");
                };
        assertThatThrownBy(() -> insert.execute(lake.session, List.of()))
                .isInstanceOf(IllegalStateException.class);
        fails("select 1", ErrorCode.FAILED_TRANSACTION);
        lake.run("rollback");
        lake.run("begin");
        fails("select 1 / (a - 1) from t", ErrorCode.DIVISION_BY_ZERO);
        fails("select 1", ErrorCode.FAILED_TRANSACTION);
        fails("commit", ErrorCode.FAILED_TRANSACTION);
    }

    @Test
    void instantsOfVersionsAreComputedInsideOfAChange() {
        lake.run("begin");
        lake.run("insert into t values (3)");
        // The second version has two rows; the transaction has three.
        String second = "coalesce((select timestamp '1970-01-01 00:00:01' from t limit 1), null)";
        lake.run("insert into t select a * 10 from t timestamp as of " + second);
        lake.run(
                "update t set a = 5 where a = (select max(a) from t timestamp as of "
                        + second
                        + ")");
        assertThat(lake.texts("select a from t order by a"))
                .containsExactly("1", "3", "5", "10", "20");
        lake.run("commit");
    }

    @Test
    void plansAreCheckedWithoutTheTransactionThatTheirSessionIsIn() {
        String sql = "select count(*) from t";
        assertThat(lake.texts(sql)).containsExactly("2");
        lake.run("begin");
        assertThat(lake.texts(sql)).containsExactly("2");
        lake.run(other, "insert into t values (9)");
        assertThat(lake.run(other, sql)).containsExactly(List.of(3L));
        lake.run("insert into t values (10), (11)");
        assertThat(lake.texts(sql)).containsExactly("4");
        PreparedSql inside = lake.engine.prepare(sql, lake.session);
        lake.run("rollback");
        for (SqlSession session : List.of(lake.session, other)) {
            try (var result = inside.execute(session, List.of())) {
                assertThat(WriteFixture.rows(result)).containsExactly(List.of(3L));
            }
        }
    }

    @Test
    void readsBeforeTheFirstChangeCount() {
        MemoryLake tables = lake.lake;
        TrackedTable table =
                new TrackedTable((MemoryVersion) tables.table("main", "t").orElseThrow());
        try (SessionTransaction transaction = new SessionTransaction()) {
            TableSnapshot seen = transaction.view(table);
            assertThat(table.tracked).containsExactly(seen);
            assertThat(transaction.view(table)).isSameAs(seen);
            transaction.change(
                    table,
                    new ChangeInfo(ChangeOperation.APPEND, Map.of(), ""),
                    false,
                    (_, _) -> 0);
            assertThat(table.begun).isEqualTo(1);
        }
    }

    /// A table that remembers which snapshots of its transactions are read.
    private static final class TrackedTable implements SupportsChanges {
        private final MemoryVersion table;
        private final List<TableSnapshot> tracked = new ArrayList<>();
        private int begun;

        TrackedTable(MemoryVersion table) {
            this.table = table;
        }

        @Override
        public QualifiedName name() {
            return table.name();
        }

        @Override
        public Schema schema() {
            return table.schema();
        }

        @Override
        public TableStatistics statistics() {
            return table.statistics();
        }

        @Override
        public Object version() {
            return table.version();
        }

        @Override
        public Connector connector() {
            return table.connector();
        }

        @Override
        public TableDefinition definition() {
            return table.definition();
        }

        @Override
        public TableTransaction begin() {
            begun++;
            TableTransaction inner = table.begin();
            return (TableTransaction)
                    Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {TableTransaction.class},
                            (_, method, arguments) -> {
                                Object result = method.invoke(inner, arguments);
                                return result instanceof TableChange change
                                        ? tracking(change)
                                        : result;
                            });
        }

        private TableChange tracking(TableChange inner) {
            return (TableChange)
                    Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {TableChange.class},
                            (_, method, arguments) -> {
                                Object result = method.invoke(inner, arguments);
                                if (result instanceof TableSnapshot snapshot) {
                                    tracked.add(snapshot);
                                }
                                return result;
                            });
        }
    }
}
