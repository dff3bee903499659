package io.neuralake.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.Test;

class CancellationTest {
    private final Cancellation cancellation = new Cancellation();

    @Test
    void whatArrivesDuringACommitThatLosesCountsAfterIt() {
        NeuralakeException lost =
                new NeuralakeException(ErrorCode.TRANSACTION_CONFLICT, "others were faster");
        assertThatThrownBy(
                        () ->
                                cancellation.commit(
                                        () -> {
                                            assertThat(cancellation.cancel()).isFalse();
                                            throw lost;
                                        }))
                .isSameAs(lost);
        assertThatThrownBy(cancellation::check)
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
    }

    @Test
    void whatIsCommittedIsNotCancelled() {
        cancellation.commit(() -> assertThat(cancellation.cancel()).isFalse());
        cancellation.check();
        assertThat(cancellation.cancel()).isFalse();
        cancellation.check();
    }
}
