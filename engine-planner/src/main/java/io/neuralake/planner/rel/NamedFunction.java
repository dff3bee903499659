package io.neuralake.planner.rel;

/// An operator that stands for a function of the executor's catalogue.
public interface NamedFunction {
    /// Returns the canonical lower-case name.
    String canonicalName();
}
