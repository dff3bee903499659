package io.neuralake.conformance.storage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// Stands between a client and a server that speaks HTTP, and does to requests what a test says. One request a
/// connection.
final class FaultProxy implements AutoCloseable {
    /// What happens to a request.
    sealed interface Fault {
        /// Nothing.
        record None() implements Fault {}

        /// The server does what it asks for, and the client never hears of it.
        record LostAnswer() implements Fault {}

        /// The client gets half of the answer.
        record HalfAnswer() implements Fault {}

        /// The server does not hear of it, and the client is told something else.
        ///
        /// @param code in the XML of the answer
        record Answer(int status, String code) implements Fault {}

        /// The server does what another request of the test does first.
        record After(Runnable action) implements Fault {}
    }

    /// A request.
    ///
    /// @param headers in lower case, with the line of the request
    record Request(String method, String path, String headers) {}

    private final ServerSocket server;
    private final int target;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile Function<Request, Fault> faults = _ -> new Fault.None();

    /// Starts between a free port and a port of this machine.
    FaultProxy(int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /// Sets what happens to requests from now on; asked for one after the other.
    void faults(Function<Request, Fault> chosen) {
        requests.clear();
        faults = chosen;
    }

    /// Returns the requests since then.
    List<Request> requests() {
        return requests;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = client.getInputStream();
            String head = head(in);
            if (head.isEmpty()) {
                return;
            }
            String lower = head.toLowerCase(Locale.ROOT);
            if (lower.contains("\r\nexpect: 100-continue")) {
                client.getOutputStream().write(ascii("HTTP/1.1 100 Continue\r\n\r\n"));
            }
            byte[] body = in.readNBytes(length(lower));
            String[] line = head.split(" ", 3);
            Request request = new Request(line[0], line[1], lower);
            Fault fault;
            synchronized (requests) {
                requests.add(request);
                fault = faults.apply(request);
            }
            answer(client.getOutputStream(), fault, head, body);
        } catch (IOException gone) {
            // The other side gave up.
        }
    }

    private void answer(OutputStream out, Fault fault, String head, byte[] body)
            throws IOException {
        switch (fault) {
            case Fault.None _ -> out.write(forward(head, body));
            case Fault.LostAnswer _ -> forward(head, body);
            case Fault.HalfAnswer _ -> {
                byte[] answer = forward(head, body);
                out.write(Arrays.copyOf(answer, answer.length / 2));
            }
            case Fault.Answer told -> {
                String xml = "<Error><Code>" + told.code() + "</Code></Error>";
                out.write(
                        ascii(
                                "HTTP/1.1 "
                                        + told.status()
                                        + " Told\r\n"
                                        + "Content-Type: application/xml\r\n"
                                        + "Content-Length: "
                                        + xml.length()
                                        + "\r\nConnection: close\r\n\r\n"
                                        + xml));
            }
            case Fault.After after -> {
                after.action().run();
                out.write(forward(head, body));
            }
        }
        out.flush();
    }

    private byte[] forward(String head, byte[] body) throws IOException {
        StringBuilder sent = new StringBuilder();
        for (String line : head.split("\r\n")) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (!lower.startsWith("connection:") && !lower.startsWith("expect:")) {
                sent.append(line).append("\r\n");
            }
        }
        sent.append("Connection: close\r\n\r\n");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), target)) {
            socket.getOutputStream().write(ascii(sent.toString()));
            socket.getOutputStream().write(body);
            socket.getOutputStream().flush();
            return socket.getInputStream().readAllBytes();
        }
    }

    private static int length(String head) {
        int at = head.indexOf("\r\ncontent-length:");
        if (at < 0) {
            return 0;
        }
        int start = at + "\r\ncontent-length:".length();
        return Integer.parseInt(head.substring(start, head.indexOf('\r', start)).strip());
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int ends = 0;
        while (ends < 4) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            head.write(next);
            ends = next == (ends % 2 == 0 ? '\r' : '\n') ? ends + 1 : next == '\r' ? 1 : 0;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
