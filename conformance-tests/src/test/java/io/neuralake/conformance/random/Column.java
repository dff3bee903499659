package io.neuralake.conformance.random;

/// A column in scope.
///
/// @param sql its name with the alias of its relation
record Column(String sql, Kind kind) {}
