package io.neuralake.exec.pipeline;

import io.neuralake.exec.operator.SinkOperator;

import java.util.concurrent.atomic.AtomicInteger;

/// A sink and the pipelines that feed it.
final class SinkUse {
    final Stage<SinkOperator> stage;
    private final Runnable afterFinish;
    private final AtomicInteger feeding = new AtomicInteger();

    /// @param afterFinish runs once after the sink was finished
    SinkUse(Stage<SinkOperator> stage, Runnable afterFinish) {
        this.stage = stage;
        this.afterFinish = afterFinish;
    }

    void addFeeder() {
        feeding.incrementAndGet();
    }

    /// Called as a pipeline has brought all its rows; finishes the sink after the last.
    void feederDone() {
        if (feeding.decrementAndGet() == 0) {
            stage.operator().finish();
            afterFinish.run();
        }
    }
}
