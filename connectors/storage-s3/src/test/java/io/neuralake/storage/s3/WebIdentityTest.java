package io.neuralake.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// Who has a token of an identity provider, as a pod of Kubernetes has, gets the credentials of a role for it.
class WebIdentityTest {
    private static final String KEY = "ASIATEMPORARY";

    @TempDir Path folder;

    private final Map<String, String> before = new HashMap<>();
    private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> signed = new LinkedBlockingQueue<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::assumeRole);
        server.createContext("/bucket/", this::object);
        server.start();
        Path token = Files.writeString(folder.resolve("token"), "the-token");
        set("aws.webIdentityTokenFile", token.toString());
        set("aws.roleArn", "arn:aws:iam::123456789012:role/reader");
        set("aws.roleSessionName", "test");
        set("aws.region", "us-east-1");
        set("aws.endpointUrlSts", address());
    }

    @AfterEach
    void stop() {
        server.stop(0);
        before.forEach(
                (name, value) -> {
                    if (value == null) {
                        System.clearProperty(name);
                    } else {
                        System.setProperty(name, value);
                    }
                });
    }

    private void set(String name, String value) {
        before.put(name, System.getProperty(name));
        System.setProperty(name, value);
    }

    private String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void assumeRole(HttpExchange exchange) throws IOException {
        asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        String end = Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS) + "";
        answer(
                exchange,
                "<AssumeRoleWithWebIdentityResponse"
                        + " xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
                        + "<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>"
                        + KEY
                        + "</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>"
                        + "<SessionToken>session</SessionToken><Expiration>"
                        + end
                        + "</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn>"
                        + "<AssumedRoleId>id:s</AssumedRoleId></AssumedRoleUser>"
                        + "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>");
    }

    private void object(HttpExchange exchange) throws IOException {
        signed.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        answer(exchange, "content");
    }

    private static void answer(HttpExchange exchange, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(bytes);
        }
    }

    @Test
    void roleIsTakenForTheToken() {
        S3Settings settings = S3Settings.DEFAULTS.withEndpoint(URI.create(address()));
        try (S3Store store = new S3Store(settings)) {
            assertThat(store.read("s3://bucket/file")).asString().isEqualTo("content");
        }
        assertThat(asked)
                .singleElement()
                .asString()
                .contains("AssumeRoleWithWebIdentity", "the-token", "role%2Freader");
        assertThat(signed).singleElement().asString().contains("Credential=" + KEY + "/");
    }
}
