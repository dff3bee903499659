package io.neuralake.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicBoolean;

@Timeout(60)
class HttpSideTest {
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicBoolean ready = new AtomicBoolean();
    private final HttpClient client = HttpClient.newHttpClient();
    private HttpSide http;

    @BeforeEach
    void start() throws IOException {
        http = new HttpSide("127.0.0.1", 0, registry, ready::get);
    }

    @AfterEach
    void stop() {
        http.close();
        registry.close();
        client.close();
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http.port() + path))
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    private static String type(HttpResponse<String> response) {
        return response.headers().firstValue("Content-Type").orElse("none");
    }

    @Test
    void livesBeforeItIsReady() throws Exception {
        assertThat(send("GET", "/healthz").statusCode()).isEqualTo(200);
        assertThat(send("GET", "/healthz").body()).isEqualTo("ok\n");
        assertThat(send("GET", "/readyz").statusCode()).isEqualTo(503);
        assertThat(send("GET", "/readyz").body()).isEqualTo("not ready\n");
        ready.set(true);
        assertThat(send("GET", "/readyz").statusCode()).isEqualTo(200);
        assertThat(send("GET", "/readyz").body()).isEqualTo("ready\n");
        ready.set(false);
        assertThat(send("GET", "/readyz").statusCode()).isEqualTo(503);
        assertThat(send("GET", "/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void metricsAreThePrometheusText() throws Exception {
        Counter.builder("some.thing").description("Things").register(registry).increment(3);
        HttpResponse<String> response = send("GET", "/metrics");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(type(response)).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body())
                .contains("# HELP some_thing_total Things\n", "# TYPE some_thing_total counter\n")
                .contains("some_thing_total 3.0\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/nothing", "/healthz/", "/healthzx", "/readyz/x", "/metrics/a"})
    void otherPathsAreNotFound(String path) throws Exception {
        ready.set(true);
        HttpResponse<String> response = send("GET", path);
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).isEqualTo("not found\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/healthz", "/readyz", "/metrics"})
    void onlyReadingIsAllowed(String path) throws Exception {
        for (String method : new String[] {"POST", "PUT", "DELETE", "OPTIONS"}) {
            HttpResponse<String> response = send(method, path);
            assertThat(response.statusCode()).as(method).isEqualTo(405);
            assertThat(response.headers().firstValue("Allow")).contains("GET, HEAD");
        }
    }

    @Test
    void headHasTheStatusAndNoBody() throws Exception {
        assertThat(send("HEAD", "/healthz").statusCode()).isEqualTo(200);
        assertThat(send("HEAD", "/healthz").body()).isEmpty();
        assertThat(send("HEAD", "/readyz").statusCode()).isEqualTo(503);
        assertThat(type(send("HEAD", "/metrics"))).startsWith("text/plain; version=0.0.4");
        assertThat(send("GET", "/healthz").body()).as("on the same connection").isEqualTo("ok\n");
    }

    @Test
    void queryStringsAreIgnored() throws Exception {
        assertThat(send("GET", "/healthz?verbose").statusCode()).isEqualTo(200);
    }
}
