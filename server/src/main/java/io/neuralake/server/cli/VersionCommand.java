package io.neuralake.server.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Prints versions.
@Command(
        name = "version",
        description = "Prints the versions of Neuralake, Java and the main libraries.",
        mixinStandardHelpOptions = true)
public final class VersionCommand implements Runnable, IVersionProvider {
    @Spec private CommandSpec spec;

    /// Made by picocli, which sets the fields.
    @SuppressWarnings("NullAway.Init")
    public VersionCommand() {}

    @Override
    public void run() {
        for (String line : getVersion()) {
            spec.commandLine().getOut().println(line);
        }
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "neuralake " + implementation(VersionCommand.class),
            "java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
            "arrow " + implementation(org.apache.arrow.vector.FieldVector.class),
            "calcite " + implementation(org.apache.calcite.rel.RelNode.class),
            "parquet " + implementation(org.apache.parquet.hadoop.ParquetWriter.class),
            "picocli " + CommandLine.VERSION
        };
    }

    private static String implementation(Class<?> type) {
        String version = type.getPackage().getImplementationVersion();
        return version == null ? "(development)" : version;
    }
}
