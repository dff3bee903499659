package io.neuralake.server.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/// Takes the value of an option that was not given from the environment (`NEURALAKE_HTTP_PORT` for
/// `--http-port`), else from `neuralake.properties` (`http-port`) in the working folder.
public final class PropertiesDefaults implements IDefaultValueProvider {
    private static final String FILE = "neuralake.properties";

    private final Map<String, String> environment;
    private final Properties properties;

    /// Reads the process's environment and working folder.
    public PropertiesDefaults() {
        this(System.getenv(), Path.of(FILE));
    }

    /// Reads the given environment and file; the file may be absent.
    PropertiesDefaults(Map<String, String> environment, Path file) {
        this.environment = environment;
        this.properties = new Properties();
        if (Files.isRegularFile(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                properties.load(reader);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read " + file, e);
            }
        }
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option) || !option.longestName().startsWith("--")) {
            return null;
        }
        String name = option.longestName().substring(2);
        String variable = "NEURALAKE_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
        String value = environment.get(variable);
        return value != null ? value : properties.getProperty(name);
    }
}
