package io.neuralake.spi.error;

/// Locates a token in a statement's text; line and column count from 1.
public record SqlPosition(int line, int column) {}
