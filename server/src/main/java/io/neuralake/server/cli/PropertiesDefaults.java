package io.neuralake.server.cli;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/// Takes the value of an option that was not given from the environment (`NEURALAKE_HTTP_PORT` for
/// `--http-port`), else from `neuralake.properties` (`http-port`) in the working folder. An empty
/// value is none.
public final class PropertiesDefaults implements IDefaultValueProvider {
    private static final String FILE = "neuralake.properties";
    private static final String PREFIX = "NEURALAKE_";

    private final Map<String, String> environment;
    private final Properties properties;

    private PropertiesDefaults(Map<String, String> environment, Properties properties) {
        this.environment = environment;
        this.properties = properties;
    }

    /// Reads the file in a folder, if there is one. Throws INVALID_PARAMETER when it cannot be read.
    public static PropertiesDefaults read(Map<String, String> environment, Path folder) {
        Path file = folder.resolve(FILE);
        Properties properties = new Properties();
        if (Files.isRegularFile(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                properties.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                throw new NeuralakeException(
                        ErrorCode.INVALID_PARAMETER,
                        "Cannot read: " + FILE + ", " + e.getMessage(),
                        e);
            }
        }
        return new PropertiesDefaults(environment, properties);
    }

    /// Tells whether the file sets anything.
    boolean inFile() {
        return !properties.isEmpty();
    }

    /// Refuses a name in the file that is no option of any command: it would be without effect.
    void check(CommandLine root) {
        Set<String> names = new TreeSet<>();
        addNames(root, names);
        for (String name : new TreeSet<>(properties.stringPropertyNames())) {
            if (!names.contains(name)) {
                throw new NeuralakeException(
                        ErrorCode.INVALID_PARAMETER,
                        "Unknown option in "
                                + FILE
                                + ": "
                                + name
                                + "; options are "
                                + String.join(", ", names));
            }
        }
    }

    private static void addNames(CommandLine parent, Set<String> names) {
        for (CommandLine command : parent.getSubcommands().values()) {
            for (OptionSpec option : command.getCommandSpec().options()) {
                if (isSettable(option)) {
                    names.add(option.longestName().substring(2));
                }
            }
            addNames(command, names);
        }
    }

    private static boolean isSettable(ArgSpec argument) {
        return argument instanceof OptionSpec option
                && option.longestName().startsWith("--")
                && !option.usageHelp()
                && !option.versionHelp();
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!isSettable(argument)) {
            return null;
        }
        String name = ((OptionSpec) argument).longestName().substring(2);
        String value = environment.getOrDefault(variable(name), "");
        if (value.isEmpty()) {
            value = properties.getProperty(name, "");
        }
        return value.isEmpty() ? null : value;
    }

    /// Returns where the value of an option that was not given comes from; empty when from nowhere.
    Optional<String> source(OptionSpec option) {
        if (defaultValue(option) == null) {
            return Optional.empty();
        }
        String name = option.longestName().substring(2);
        return Optional.of(
                environment.getOrDefault(variable(name), "").isEmpty() ? FILE : variable(name));
    }

    private static String variable(String name) {
        return PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
