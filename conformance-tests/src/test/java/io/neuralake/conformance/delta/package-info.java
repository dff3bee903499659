/// Delta tables that other engines wrote, asked in SQL.
package io.neuralake.conformance.delta;
