package io.neuralake.server.cli;

import io.neuralake.server.generate.DataSetWriter;
import io.neuralake.server.generate.GeneratedTable;
import io.neuralake.server.generate.SignalsTables;
import io.neuralake.server.generate.TpchTables;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.List;

/// Writes a generated data set.
@Command(
        name = "generate",
        description = "Writes a generated data set as a lake.",
        mixinStandardHelpOptions = true)
public final class GenerateCommand implements Runnable {
    /// The data sets.
    enum DataSet {
        TPCH,
        TPCDS,
        SIGNALS
    }

    /// The file formats.
    enum Format {
        PARQUET,
        DELTA
    }

    @Parameters(paramLabel = "SET", description = "One of: ${COMPLETION-CANDIDATES}.")
    private DataSet set;

    @Option(names = "--scale", defaultValue = "1", description = "Scale factor; default: 1.")
    private double scale;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
    private Path out;

    @Option(
            names = "--format",
            defaultValue = "parquet",
            description = "One of: ${COMPLETION-CANDIDATES}; default: parquet.")
    private Format format;

    /// Made by picocli, which sets the fields.
    @SuppressWarnings("NullAway.Init")
    public GenerateCommand() {}

    @Override
    public void run() {
        if (!(scale > 0) || scale > 100_000) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER, "Scale must be positive: " + scale);
        }
        if (format == Format.DELTA) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED, "Delta tables cannot be written yet; use parquet");
        }
        List<GeneratedTable> tables =
                switch (set) {
                    case TPCH -> TpchTables.at(scale);
                    case SIGNALS -> SignalsTables.at(scale);
                    case TPCDS ->
                            throw new NeuralakeException(
                                    ErrorCode.UNSUPPORTED, "TPC-DS cannot be generated yet");
                };
        DataSetWriter.write(
                tables,
                out,
                DataSetWriter.Layout.FILES,
                new ProgressBar(System.err, System.console() != null));
    }
}
