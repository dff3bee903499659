package io.neuralake.server.sql;

import io.neuralake.server.output.ResultWriter;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Runs statements on a server, over Arrow Flight SQL.
public final class RemoteTarget implements SqlTarget {
    private static final Pattern SQLSTATE = Pattern.compile("\\[([0-9A-Z]{5})\\]");

    private final URI address;
    private final StatementSplitter splitter;
    private final BufferAllocator allocator = new RootAllocator();
    private final FlightSqlClient client;
    private volatile @Nullable FlightStream running;

    /// Splits scripts as the server's dialect does.
    @FunctionalInterface
    public interface StatementSplitter {
        /// Returns the statements of a script.
        List<String> split(String script);
    }

    /// Connects.
    ///
    /// @param url `grpc://host:port`, or `grpc+tls://host:port`
    public RemoteTarget(String url, StatementSplitter splitter) {
        this.address = URI.create(url);
        this.splitter = splitter;
        if (address.getHost() == null || address.getPort() < 0) {
            allocator.close();
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "Not a server's address: " + url + "; write grpc://host:port");
        }
        Location location =
                url.startsWith("grpc+tls:")
                        ? Location.forGrpcTls(address.getHost(), address.getPort())
                        : Location.forGrpcInsecure(address.getHost(), address.getPort());
        client = new FlightSqlClient(FlightClient.builder(allocator, location).build());
    }

    // Closing a stream is declared to throw any exception, an interruption among them.
    @Override
    @SuppressWarnings("try")
    public long run(String sql, ResultWriter writer) throws IOException {
        try {
            FlightInfo info = client.execute(sql);
            long rows = 0;
            boolean begun = false;
            for (FlightEndpoint endpoint : info.getEndpoints()) {
                try (FlightStream stream = client.getStream(endpoint.getTicket())) {
                    running = stream;
                    if (!begun) {
                        writer.begin(stream.getSchema());
                        begun = true;
                    }
                    rows += copy(stream, writer);
                } finally {
                    running = null;
                }
            }
            if (begun) {
                writer.end();
            }
            return rows;
        } catch (FlightRuntimeException e) {
            throw error(e);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static long copy(FlightStream stream, ResultWriter writer) throws IOException {
        long rows = 0;
        VectorSchemaRoot root = stream.getRoot();
        while (stream.next()) {
            writer.batch(root);
            rows += root.getRowCount();
        }
        return rows;
    }

    /// Finds the error code again by the SQLSTATE in the server's message.
    private static NeuralakeException error(FlightRuntimeException e) {
        String message = String.valueOf(e.getMessage());
        Matcher matcher = SQLSTATE.matcher(message);
        if (matcher.find()) {
            String state = matcher.group(1);
            for (ErrorCode code : Arrays.asList(ErrorCode.values())) {
                if (code.sqlState().equals(state)) {
                    String text = message.substring(0, matcher.start()).strip();
                    return new NeuralakeException(code, text.isEmpty() ? message : text, e);
                }
            }
        }
        return new NeuralakeException(ErrorCode.STORAGE_ERROR, "Server failed: " + message, e);
    }

    @Override
    public List<String> firstColumn(String sql) {
        FirstColumnWriter writer = new FirstColumnWriter();
        try {
            run(sql, writer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return writer.values();
    }

    @Override
    public List<String> split(String script) {
        return splitter.split(script);
    }

    @Override
    public void cancel() {
        FlightStream stream = running;
        if (stream != null) {
            stream.cancel("Cancelled by the user", null);
        }
    }

    @Override
    public String description() {
        return address.toString();
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (Exception e) {
            throw new IllegalStateException("Cannot close the connection", e);
        } finally {
            allocator.close();
        }
    }
}
