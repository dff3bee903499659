/// Estimated rows of TPC-H and TPC-DS, compared with those that operators yield.
package io.neuralake.conformance.estimate;
