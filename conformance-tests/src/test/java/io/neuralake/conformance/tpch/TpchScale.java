package io.neuralake.conformance.tpch;

/// The scale of TPC-H in a run of the tests: 0.01, or what `-Dneuralake.tpch.scale` says.
public final class TpchScale {
    private TpchScale() {}

    /// Returns the scale; 1 is about a gigabyte of text.
    public static double ofThisRun() {
        return Double.parseDouble(System.getProperty("neuralake.tpch.scale", "0.01"));
    }
}
