package io.neuralake.server.cli;

import io.neuralake.server.generate.DataSetWriter;
import io.neuralake.server.generate.GeneratedTable;
import io.neuralake.server.generate.SignalsTables;
import io.neuralake.server.generate.TpcdsTables;
import io.neuralake.server.generate.TpchTables;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

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

    /// Reads SET.
    static final class SetChoice extends OptionValues.Choice<DataSet> {
        SetChoice() {
            super(DataSet.class, Set.of());
        }
    }

    /// The file formats.
    enum Format {
        PARQUET,
        DELTA
    }

    /// Reads `--format`.
    static final class FormatChoice extends OptionValues.Choice<Format> {
        FormatChoice() {
            super(Format.class, Set.of(Format.DELTA));
        }
    }

    @ParentCommand private Neuralake root;

    @Parameters(
            paramLabel = "SET",
            converter = SetChoice.class,
            description = "One of: tpch, tpcds, signals.")
    private DataSet set;

    @Option(
            names = "--scale",
            paramLabel = "N",
            defaultValue = "1",
            converter = OptionValues.Scale.class,
            description = "Scale factor; default: 1.")
    private double scale;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
    private Path out;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "parquet",
            converter = FormatChoice.class,
            description = "Only: parquet.")
    private Format format;

    /// Made by picocli, which sets the fields.
    @SuppressWarnings("NullAway.Init")
    public GenerateCommand() {}

    @Override
    public void run() {
        if (format == Format.DELTA) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED, "Delta tables cannot be written yet; use parquet");
        }
        List<GeneratedTable> tables =
                switch (set) {
                    case TPCH -> TpchTables.at(scale);
                    case SIGNALS -> SignalsTables.at(scale);
                    case TPCDS -> TpcdsTables.at(scale);
                };
        DataSetWriter.write(tables, out, DataSetWriter.Layout.FILES, root.progress());
    }
}
