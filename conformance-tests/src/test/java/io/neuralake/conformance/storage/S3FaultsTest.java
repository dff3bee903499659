package io.neuralake.conformance.storage;

import static io.neuralake.conformance.storage.ObjectStoreContract.bytes;
import static io.neuralake.conformance.storage.ObjectStoreContract.fails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.conformance.storage.FaultProxy.Fault;
import io.neuralake.conformance.storage.FaultProxy.Request;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.s3.S3Settings;
import io.neuralake.storage.s3.S3Store;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/// What goes wrong between this program and a store.
class S3FaultsTest {
    private String folder;
    private FaultProxy proxy;
    private S3Store store;
    private S3Store direct;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        S3Double s3 = S3Double.shared();
        folder = "s3://" + s3.newBucket() + "/lake";
        proxy = new FaultProxy(s3.port());
        S3Settings settings =
                s3.settings().withEndpoint(URI.create("http://127.0.0.1:" + proxy.port()));
        store = new S3Store(settings);
        direct = new S3Store(s3.settings());
        assertThat(store.putIfAbsent(folder + "/first", bytes("checks the bucket"))).isTrue();
    }

    @AfterEach
    void close() {
        store.close();
        direct.close();
        proxy.close();
    }

    private static boolean conditional(Request request) {
        return request.method().equals("PUT") && request.headers().contains("if-none-match");
    }

    /// Does something to the first requests of a kind.
    private void faults(Predicate<Request> kind, int count, Fault fault) {
        AtomicInteger left = new AtomicInteger(count);
        proxy.faults(
                request ->
                        kind.test(request) && left.getAndDecrement() > 0
                                ? fault
                                : new Fault.None());
    }

    private long conditionalPuts() {
        return proxy.requests().stream().filter(S3FaultsTest::conditional).count();
    }

    @Test
    void lostAnswerOfTheWinnerIsNoConflict() {
        faults(S3FaultsTest::conditional, 1, new Fault.LostAnswer());
        assertThat(store.putIfAbsent(folder + "/0.json", bytes("mine"))).isTrue();
        assertThat(conditionalPuts()).isEqualTo(2); // the second was told that the file is there
        assertThat(direct.read(folder + "/0.json")).isEqualTo(bytes("mine"));
    }

    @Test
    void refusalAfterALostAnswerSaysNothingOfTheFirstRequest() {
        AtomicInteger asked = new AtomicInteger();
        proxy.faults(
                request -> {
                    if (!conditional(request)) {
                        return new Fault.None();
                    }
                    return asked.getAndIncrement() == 0
                            ? new Fault.LostAnswer()
                            : new Fault.Answer(403, "AccessDenied");
                });
        assertThat(store.putIfAbsent(folder + "/0.json", bytes("mine"))).isTrue();
    }

    @Test
    void lostAnswerOfALoserIsAConflict() {
        direct.put(folder + "/0.json", bytes("yours"));
        faults(S3FaultsTest::conditional, 1, new Fault.LostAnswer());
        assertThat(store.putIfAbsent(folder + "/0.json", bytes("mine"))).isFalse();
    }

    @Test
    void conflictingRequestIsRepeated() {
        faults(S3FaultsTest::conditional, 2, new Fault.Answer(409, "ConditionalRequestConflict"));
        assertThat(store.putIfAbsent(folder + "/0.json", bytes("mine"))).isTrue();
        assertThat(conditionalPuts()).isEqualTo(3);
    }

    @Test
    void somebodyElseWinsBetweenConflictAndRepetition() {
        AtomicInteger asked = new AtomicInteger();
        proxy.faults(
                request -> {
                    if (!conditional(request)) {
                        return new Fault.None();
                    }
                    return asked.getAndIncrement() == 0
                            ? new Fault.Answer(409, "ConditionalRequestConflict")
                            : new Fault.After(() -> direct.put(folder + "/0.json", bytes("yours")));
                });
        assertThat(store.putIfAbsent(folder + "/0.json", bytes("mine"))).isFalse();
        assertThat(direct.read(folder + "/0.json")).isEqualTo(bytes("yours"));
    }

    @Test
    void overloadedStoreIsAskedAgain() {
        faults(S3FaultsTest::conditional, 2, new Fault.Answer(503, "SlowDown"));
        assertThat(store.putIfAbsent(folder + "/0.json", bytes("mine"))).isTrue();
        faults(r -> r.method().equals("GET"), 2, new Fault.Answer(500, "InternalError"));
        assertThat(store.read(folder + "/0.json")).isEqualTo(bytes("mine"));
    }

    @Test
    void brokenStoreIsNoConflict() {
        proxy.faults(
                request ->
                        conditional(request)
                                ? new Fault.Answer(503, "ServiceUnavailable")
                                : new Fault.None());
        fails(() -> store.putIfAbsent(folder + "/0.json", bytes("mine")), ErrorCode.STORAGE_ERROR);
        assertThat(direct.entry(folder + "/0.json")).isEmpty();
    }

    @Test
    void requestWhoseAnswersAllGetLostHasHappened() {
        proxy.faults(r -> conditional(r) ? new Fault.LostAnswer() : new Fault.None());
        assertThat(store.putIfAbsent(folder + "/0.json", bytes("mine"))).isTrue();
    }

    @Test
    void answerThatBreaksOffIsContinued() throws IOException {
        byte[] content = new byte[300_000];
        new Random(3).nextBytes(content);
        direct.put(folder + "/a", content);
        var entry = direct.entry(folder + "/a").orElseThrow();
        faults(r -> r.method().equals("GET"), 2, new Fault.HalfAnswer());
        try (InputStream stream = store.open(entry, 1000, 250_000)) {
            assertThat(stream.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 1000, 251_000));
        }
    }

    @Test
    void storeThatIgnoresTheConditionIsNotWrittenTo() {
        // As stores do that do not know it: the second of two writers overwrites the first.
        try (FaultProxy ignorant = new FaultProxy(S3Double.shared().port());
                S3Store other =
                        new S3Store(
                                S3Settings.DEFAULTS.withEndpoint(
                                        URI.create("http://127.0.0.1:" + ignorant.port())))) {
            AtomicInteger puts = new AtomicInteger();
            ignorant.faults(
                    request ->
                            conditional(request) && puts.getAndIncrement() > 0
                                    ? new Fault.Answer(200, "")
                                    : new Fault.None());
            assertThatThrownBy(() -> other.putIfAbsent(folder + "/0.json", bytes("mine")))
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                    .hasMessageContaining("--s3-commit dynamodb");
            assertThat(direct.allFiles(folder)).extracting(e -> e.name()).containsExactly("first");
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void storeThatRefusesTheConditionIsNotWrittenTo() throws Exception {
        try (FaultProxy refusing = new FaultProxy(S3Double.shared().port());
                S3Store other =
                        new S3Store(
                                S3Settings.DEFAULTS.withEndpoint(
                                        URI.create("http://127.0.0.1:" + refusing.port())))) {
            refusing.faults(
                    r ->
                            conditional(r)
                                    ? new Fault.Answer(501, "NotImplemented")
                                    : new Fault.None());
            fails(() -> other.putIfAbsent(folder + "/0", bytes("mine")), ErrorCode.UNSUPPORTED);
        }
    }
}
