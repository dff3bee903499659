package io.neuralake.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PreloadTest {
    @ParameterizedTest
    @ValueSource(strings = {"sql", "serve", "demo", "version", "none"})
    void endsForEveryCommand(String command) {
        Preload preload = Preload.begin(command);
        preload.await();
        preload.await();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void endsWithoutACommand() {
        Preload.begin().await();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void interruptionIsKept() {
        Thread.currentThread().interrupt();
        Preload.begin("sql").await();
        assertThat(Thread.interrupted()).isTrue();
    }
}
