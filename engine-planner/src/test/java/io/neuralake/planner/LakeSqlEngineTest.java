package io.neuralake.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.List;

class LakeSqlEngineTest {
    private final PlannerFixture fixture = new PlannerFixture();

    private int plans() {
        return fixture.execution.planned.size();
    }

    @Test
    void samePlanServesSameTextTwice() {
        fixture.prepare("select * from nation");
        fixture.prepare("select * from nation");
        assertThat(plans()).isEqualTo(1);
        assertThat(fixture.engine.planCacheHits()).isEqualTo(1);
    }

    @Test
    void parametersDoNotReplan() {
        PreparedSql prepared = fixture.prepare("select * from nation where n_nationkey = ?");
        for (long i = 0; i < 3; i++) {
            prepared.execute(fixture.session, List.of(new Literal(i, ScalarType.INTEGER))).close();
        }
        assertThat(plans()).isEqualTo(1);
        assertThat(fixture.execution.options.getLast().parameters())
                .containsExactly(new Literal(2L, ScalarType.INTEGER));
    }

    @Test
    void changedTableIsPlannedAnew() {
        PreparedSql prepared = fixture.prepare("select * from nation");
        prepared.execute(fixture.session, List.of()).close();
        fixture.catalog.add(
                "nation", Schema.of(Field.of("n_name", ScalarType.VARCHAR)), List.of(List.of("x")));
        prepared.execute(fixture.session, List.of()).close();
        assertThat(plans()).isEqualTo(2);
        assertThat(prepared.schema().size()).isEqualTo(1);
        fixture.prepare("select * from nation");
        assertThat(plans()).isEqualTo(2);
    }

    @Test
    void tableChangedBeforeTheFirstRunIsPlannedAnewUnlessThatFollowsAtOnce() {
        PreparedSql prepared = fixture.prepare("select * from nation");
        PreparedSql once = fixture.prepare("select * from nation").atOnce();
        fixture.catalog.add(
                "nation", Schema.of(Field.of("n_name", ScalarType.VARCHAR)), List.of(List.of("x")));
        once.execute(fixture.session, List.of()).close();
        assertThat(plans()).isEqualTo(1);
        prepared.execute(fixture.session, List.of()).close();
        assertThat(plans()).isEqualTo(2);
        once.execute(fixture.session, List.of()).close();
        assertThat(once.schema().size()).isEqualTo(1);
    }

    @Test
    void tablesWithoutTransactionsArePlannedOnceForAll() {
        String sql = "select * from nation, information_schema.tables";
        fixture.prepare(sql);
        fixture.session.begin();
        PreparedSql prepared = fixture.prepare(sql);
        prepared.execute(fixture.session, List.of()).close();
        prepared.execute(fixture.session, List.of()).close();
        assertThat(plans()).isEqualTo(1);
        fixture.catalog.add(
                "nation", Schema.of(Field.of("n_name", ScalarType.VARCHAR)), List.of(List.of("x")));
        prepared.execute(fixture.session, List.of()).close();
        assertThat(plans()).isEqualTo(2);
        fixture.session.rollback();
        fixture.prepare(sql);
        assertThat(plans()).as("planned in the transaction").isEqualTo(2);
    }

    @Test
    void knownPlanDoesNotRunInAFailedTransaction() {
        PreparedSql prepared = fixture.prepare("select * from nation");
        fixture.session.begin();
        assertThatThrownBy(() -> fixture.prepare("selec")).isInstanceOf(NeuralakeException.class);
        for (ThrowingCallable again :
                List.<ThrowingCallable>of(
                        () -> fixture.prepare("select * from nation"),
                        () -> prepared.execute(fixture.session, List.of()))) {
            assertThatThrownBy(again)
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.FAILED_TRANSACTION));
        }
        fixture.session.rollback();
        prepared.execute(fixture.session, List.of()).close();
    }

    @Test
    void removedTableIsAnErrorAtTheNextRun() {
        PreparedSql prepared = fixture.prepare("select * from nation");
        prepared.execute(fixture.session, List.of()).close();
        fixture.catalog.remove("nation");
        assertThatThrownBy(() -> prepared.execute(fixture.session, List.of()))
                .isInstanceOf(NeuralakeException.class)
                .hasMessageStartingWith("Table not found: nation");
    }

    @Test
    void sessionIsPartOfThePlansKey() {
        fixture.prepare("select 1");
        fixture.session.setZone(ZoneId.of("Europe/Berlin"));
        fixture.prepare("select 1");
        fixture.session.settings().put("optimizer", "off");
        fixture.prepare("select 1");
        assertThat(plans()).isEqualTo(3);
        assertThat(fixture.execution.settings.getLast().optimize()).isFalse();
    }

    @Test
    void valuesAreCastToParameterTypes() {
        fixture.prepare("select * from events where id = ? and price = ? and day = ? and name = ?")
                .execute(
                        fixture.session,
                        List.of(
                                new Literal("42", ScalarType.VARCHAR),
                                new Literal(1.5, ScalarType.DOUBLE),
                                new Literal("2020-01-02", ScalarType.VARCHAR),
                                new Literal(null, ScalarType.NULL)))
                .close();
        assertThat(fixture.execution.options.getLast().parameters())
                .extracting(Literal::value)
                .containsExactly(42L, new BigDecimal("1.50"), 18263L, null);
    }

    @Test
    void wrongParametersAreErrors() {
        PreparedSql prepared = fixture.prepare("select * from events where id = ?");
        assertError(prepared, ErrorCode.UNBOUND_PARAMETER);
        assertError(
                prepared,
                ErrorCode.INVALID_PARAMETER,
                new Literal(1L, ScalarType.INTEGER),
                new Literal(2L, ScalarType.INTEGER));
        assertError(prepared, ErrorCode.INVALID_PARAMETER, new Literal("x", ScalarType.VARCHAR));
        assertError(
                prepared, ErrorCode.INVALID_PARAMETER, new Literal(1L << 40, ScalarType.BIGINT));
        assertError(prepared, ErrorCode.TYPE_MISMATCH, new Literal(true, ScalarType.BOOLEAN));
        assertError(prepared, ErrorCode.TYPE_MISMATCH, new Literal(1L, ScalarType.DATE));
    }

    private void assertError(PreparedSql prepared, ErrorCode code, Literal... values) {
        assertThatThrownBy(() -> prepared.execute(fixture.session, List.of(values)))
                .isInstanceOfSatisfying(
                        NeuralakeException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table t (a int)",
                "insert into nation values (1, 'a', 2)",
                "update nation set n_name = 'x'",
                "delete from nation where n_nationkey = 1",
                "truncate table nation",
                "alter table nation drop column n_name",
                "optimize nation"
            })
    void tablesOfOtherKindsCannotBeChanged(String sql) {
        assertThatThrownBy(() -> fixture.prepare(sql))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "drop table nation",
                "vacuum nation",
                "create view v as select 1",
                "copy nation to 'x.parquet'"
            })
    void someStatementsAreUnderstoodAndRefused(String sql) {
        PreparedSql prepared = fixture.prepare(sql);
        assertThat(prepared.isUpdate()).isTrue();
        assertThat(prepared.schema().field(0).name()).isEqualTo("count");
        assertError(prepared, ErrorCode.UNSUPPORTED);
    }

    @Test
    void settingsAreSetShownAndReset() {
        fixture.rows("set memory_limit = '1GB'");
        fixture.rows("set statement_timeout to 30s");
        fixture.rows("set time zone 'Europe/Paris'");
        assertThat(fixture.rows("show memory_limit")).containsExactly(List.of("1GB"));
        assertThat(fixture.rows("show all")).contains(List.of("memory_limit", "1GB"));
        assertThat(fixture.rows("show timezone")).containsExactly(List.of("Europe/Paris"));
        fixture.rows("select 1");
        assertThat(fixture.execution.options.getLast().memoryLimitBytes())
                .isEqualTo(1_000_000_000L);
        assertThat(fixture.execution.options.getLast().zoneId())
                .isEqualTo(ZoneId.of("Europe/Paris"));
        fixture.rows("reset memory_limit");
        assertThat(fixture.rows("show memory_limit")).containsExactly(List.of(""));
        assertThatThrownBy(() -> fixture.rows("set memory_limt = '1GB'"))
                .hasMessage("Setting not found: memory_limt; did you mean memory_limit");
        assertThatThrownBy(() -> fixture.rows("set threads = 'many'"))
                .hasMessageStartingWith("Setting must be a number");
    }

    @Test
    void useChangesWhereNamesAreLookedUp() {
        fixture.rows("use other");
        assertThat(fixture.session.schema()).isEqualTo("other");
        assertThatThrownBy(() -> fixture.prepare("select * from nation"))
                .hasMessageStartingWith("Table not found: nation");
        assertThat(fixture.names("select n_name from main.nation")).containsExactly("n_name");
        fixture.rows("use lake.main");
        assertThat(fixture.names("select n_name from nation")).containsExactly("n_name");
        assertThatThrownBy(() -> fixture.rows("use mian"))
                .hasMessage("Schema not found: mian; did you mean main");
    }

    @Test
    void showListsNames() {
        assertThat(fixture.rows("show tables"))
                .containsExactly(
                        List.of("events"),
                        List.of("lineitem"),
                        List.of("nation"),
                        List.of("quotes"),
                        List.of("trades"));
        assertThat(fixture.rows("show tables from main like 'n%'"))
                .containsExactly(List.of("nation"));
        assertThat(fixture.rows("show schemas"))
                .containsExactly(List.of("main"), List.of("other"), List.of("information_schema"));
        assertThat(fixture.rows("show catalogs")).containsExactly(List.of("lake"));
        assertThat(fixture.rows("show functions like 'upp_r'"))
                .singleElement()
                .satisfies(row -> assertThat(row).startsWith("upper", "scalar"));
    }

    @Test
    void describeListsColumns() {
        assertThat(fixture.rows("describe nation")).hasSize(3);
        assertThat(fixture.rows("show columns from main.nation").get(1))
                .startsWith("n_name", "VARCHAR", "YES");
        assertThat(fixture.rows("describe select n_nationkey + 1 as x from nation"))
                .singleElement()
                .satisfies(row -> assertThat(row).startsWith("x", "INTEGER"));
        assertThat(fixture.rows("describe 'x.parquet'")).hasSize(3);
        assertThatThrownBy(() -> fixture.prepare("describe 'missing.parquet'"))
                .hasMessage("File not found: missing.parquet");
        assertThatThrownBy(() -> fixture.prepare("describe natoin"))
                .hasMessage("Table not found: natoin; did you mean nation");
    }

    @Test
    void explainPrintsOneLineARow() {
        assertThat(fixture.rows("explain select * from nation"))
                .containsExactly(List.of("Values (0 rows)  ~0 rows"));
    }

    @Test
    void explainAnalyzeRunsTheQueryWithAProfile() {
        List<List<Object>> lines = fixture.rows("explain analyze select * from nation");
        assertThat(fixture.execution.options.getFirst().profile()).isTrue();
        assertThat(lines)
                .extracting(line -> line.getFirst().toString().strip())
                .containsExactly(
                        "Values (0 rows)  ~0 rows",
                        "-> rows 7, batches 1, CPU 1.00 ms, memory 4096 B, files 3",
                        "",
                        "Time: 2.00 ms (CPU 1.00 ms), peak memory: 4096 B, rows: 7");
    }

    @Test
    void summarizeYieldsARowAColumn() {
        assertThat(fixture.names("summarize events"))
                .startsWith("column_name", "column_type", "min", "max", "approx_unique");
        assertThat(fixture.names("summarize select n_name from nation where n_nationkey > 1"))
                .contains("null_percentage");
    }

    @Test
    void warmUpPlansWithoutRunning() {
        fixture.engine.warmUp().forEach(Runnable::run);
        assertThat(plans()).isPositive();
        assertThat(fixture.execution.plans).isEmpty();
    }
}
