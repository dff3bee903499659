package io.neuralake.conformance.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.EngineSettings;
import io.neuralake.exec.QueryResult;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.planner.SqlSession;
import io.neuralake.server.LakeServer;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.ScalarType;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What transactions of SQL sessions read of Delta tables, and what others may do meanwhile.
class TransactionReadsTest {
    @TempDir private Path folder;

    private final SqlSession session = new SqlSession("ada");
    private final SqlSession other = new SqlSession("bob");
    private LakeServer lake;

    @BeforeEach
    void open() {
        lake = LakeServer.open(folder.toString(), EngineSettings.defaults().withThreads(2));
        run(session, "CREATE TABLE t (a INTEGER, b INTEGER)");
        run(session, "INSERT INTO t VALUES (1, 10), (2, 20)");
    }

    @AfterEach
    void close() {
        session.close();
        assertThat(lake.queries().reservedBytes()).isZero();
        lake.close();
    }

    private List<Object> run(SqlSession by, String sql) {
        List<Object> values = new ArrayList<>();
        try (QueryResult result = lake.sql().prepare(sql, by).execute(by, List.of())) {
            while (result.take() instanceof ReadResult.Ready(Batch batch)) {
                try (batch) {
                    for (int i = 0; i < batch.rowCount(); i++) {
                        values.add(batch.column(0).value(i));
                    }
                }
            }
        }
        return values;
    }

    private void conflicts() {
        assertThatThrownBy(() -> run(session, "COMMIT"))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.TRANSACTION_CONFLICT));
    }

    @Test
    void whatWasReadBeforeTheFirstChangeIsNotOvertaken() {
        for (String query :
                List.of(
                        "SELECT sum(b) FROM t",
                        "SELECT count(*) FROM t",
                        "SELECT a FROM t WHERE b > 15")) {
            run(session, "BEGIN");
            run(session, query);
            run(other, "INSERT INTO t VALUES (3, 30)");
            run(session, "INSERT INTO t VALUES (0, 0)");
            conflicts();
        }
        run(session, "BEGIN");
        run(session, "SELECT a FROM t WHERE b > 15");
        run(other, "DELETE FROM t WHERE a = 2");
        run(session, "INSERT INTO t VALUES (0, 0)");
        conflicts();
        assertThat(run(session, "SELECT count(*) FROM t WHERE a = 0")).containsExactly(0L);
    }

    @Test
    void whatWasNotReadMayChange() {
        run(session, "BEGIN");
        run(session, "INSERT INTO t VALUES (0, 0)");
        run(other, "INSERT INTO t VALUES (3, 30)");
        run(session, "COMMIT");
        run(session, "BEGIN");
        run(session, "SELECT a FROM t WHERE b > 1000");
        run(other, "INSERT INTO t VALUES (4, 40)");
        run(session, "INSERT INTO t VALUES (5, 50)");
        run(session, "COMMIT");
        run(session, "BEGIN");
        run(session, "SELECT a FROM t");
        run(other, "INSERT INTO t VALUES (6, 60)");
        run(session, "COMMIT");
        assertThat(run(session, "SELECT a FROM t ORDER BY a"))
                .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
    }

    @Test
    void versionsAreFoundByInstantsThatTheTransactionComputes() {
        run(session, "BEGIN");
        run(session, "INSERT INTO t VALUES (3, 30)");
        String newest =
                "t TIMESTAMP AS OF coalesce((SELECT timestamp '2999-01-01 00:00:00'"
                        + " FROM t LIMIT 1), NULL)";
        run(session, "INSERT INTO t SELECT a + 100, b FROM " + newest);
        run(session, "UPDATE t SET b = 0 WHERE a = (SELECT max(a) FROM " + newest + ")");
        run(session, "COMMIT");
        assertThat(run(session, "SELECT a FROM t ORDER BY a"))
                .containsExactly(1L, 2L, 3L, 101L, 102L);
        assertThat(run(session, "SELECT a FROM t WHERE b = 0")).containsExactly(2L);
    }

    @Test
    void rowsOfParametersSeeOneAnotherInOneVersion() {
        long before = (Long) run(session, "SELECT max(version) FROM table_history('t')").getFirst();
        List<List<Literal>> rows = new ArrayList<>();
        for (long i = 1; i <= 3; i++) {
            rows.add(List.of(new Literal(i, ScalarType.INTEGER)));
        }
        long count =
                lake.sql()
                        .prepare("INSERT INTO t SELECT max(a) + ?, 0 FROM t", session)
                        .executeAll(session, rows);
        assertThat(count).isEqualTo(3);
        assertThat(run(session, "SELECT a FROM t ORDER BY a")).containsExactly(1L, 2L, 3L, 5L, 8L);
        assertThat(run(session, "SELECT max(version) FROM table_history('t')"))
                .containsExactly(before + 1);
    }
}
