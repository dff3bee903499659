package io.neuralake.exec.pipeline;

import io.neuralake.exec.metrics.NodeMetrics;

/// An operator at its place in a pipeline.
///
/// @param metrics counters of the plan node that the operator belongs to
/// @param yieldsOutput what the operator emits is output of the node
record Stage<T>(T operator, NodeMetrics metrics, boolean yieldsOutput) {}
