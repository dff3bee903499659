package io.neuralake.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicInteger;

class StatementInProgressTest {
    private final StatementInProgress statement = new StatementInProgress();
    private final AtomicInteger stops = new AtomicInteger();

    @Test
    void cancellationReachesTheStatement() {
        statement.begin();
        statement.stoppedBy(stops::incrementAndGet);
        assertThat(statement.isCancelled()).isFalse();
        statement.cancel();
        assertThat(statement.isCancelled()).isTrue();
        assertThat(stops).hasValue(1);
    }

    @Test
    void cancellationWhilePlanningStopsTheRun() {
        statement.begin();
        statement.cancel();
        statement.stoppedBy(stops::incrementAndGet);
        assertThat(stops).hasValue(1);
    }

    @Test
    void withoutAStatementCancellationDoesNothing() {
        statement.cancel();
        statement.begin();
        statement.stoppedBy(stops::incrementAndGet);
        statement.end();
        statement.cancel();
        assertThat(stops).hasValue(0);
        statement.begin();
        assertThat(statement.isCancelled()).isFalse();
    }
}
