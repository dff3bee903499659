package io.neuralake.exec.pipeline;

/// Unwinds an operator that goes on emitting after an operator behind it is done. Thrown to the
/// operator by its output and caught by the task; no error.
final class StopSignal extends RuntimeException {
    static final StopSignal INSTANCE = new StopSignal();
    private static final long serialVersionUID = 1L;

    private StopSignal() {
        super("Pipeline is done", null, false, false);
    }
}
