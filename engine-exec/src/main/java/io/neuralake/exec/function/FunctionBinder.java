package io.neuralake.exec.function;

/// Chooses the implementation of a call by its types and constants.
@FunctionalInterface
public interface FunctionBinder {
    /// Returns an implementation for one worker. Throws UNSUPPORTED for types that it lacks.
    ScalarImplementation bind(FunctionSite site);
}
