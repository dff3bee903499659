package io.neuralake.server.cli;

import io.neuralake.server.output.CheckedOutput;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;

/// The three streams of a command.
///
/// @param out throws when it cannot be written
/// @param terminal whether a person sits at both ends of them
public record StandardStreams(InputStream in, OutputStream out, PrintStream err, boolean terminal) {
    /// Returns the streams of this process.
    public static StandardStreams ofProcess() {
        Console console = System.console();
        return new StandardStreams(
                System.in,
                new CheckedOutput(new FileOutputStream(FileDescriptor.out)),
                System.err,
                console != null && console.isTerminal());
    }
}
