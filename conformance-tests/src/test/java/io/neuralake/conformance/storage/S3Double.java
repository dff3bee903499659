package io.neuralake.conformance.storage;

import io.neuralake.storage.s3.S3Settings;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;

/// s3proxy, which stores objects in its memory and tells writers of one object apart as AWS does.
public final class S3Double {
    static final String ACCESS_KEY = "localidentity";
    static final String SECRET_KEY = "localcredential";

    private static final AtomicInteger BUCKETS = new AtomicInteger();
    private static @Nullable S3Double shared;

    private final int port;

    private S3Double(int port) {
        this.port = port;
    }

    /// Returns the one of all tests.
    public static synchronized S3Double shared() throws IOException, InterruptedException {
        S3Double running = shared;
        if (running == null) {
            useCredentials();
            running = start();
            shared = running;
        }
        return running;
    }

    /// Makes this process sign requests as it expects.
    public static void useCredentials() {
        System.setProperty("aws.accessKeyId", ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", SECRET_KEY);
    }

    private static S3Double start() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("neuralake-s3proxy");
        folder.toFile().deleteOnExit();
        int port = DoubleProcess.freePort();
        Properties settings = new Properties();
        settings.setProperty("s3proxy.endpoint", "http://127.0.0.1:" + port);
        settings.setProperty("s3proxy.authorization", "aws-v2-or-v4");
        settings.setProperty("s3proxy.identity", ACCESS_KEY);
        settings.setProperty("s3proxy.credential", SECRET_KEY);
        settings.setProperty("jclouds.provider", "transient-nio2");
        settings.setProperty("jclouds.identity", "remote-identity");
        settings.setProperty("jclouds.credential", "remote-credential");
        Path file = temporary(folder, "s3proxy.properties");
        try (var out = Files.newBufferedWriter(file)) {
            settings.store(out, null);
        }
        Path logback = temporary(folder, "logback.xml");
        Files.writeString(logback, "<configuration><root level='OFF'/></configuration>");
        DoubleProcess process =
                DoubleProcess.start(
                        "s3proxy",
                        temporary(folder, "log"),
                        List.of("-Xmx320m", "-Dlogback.configurationFile=" + logback),
                        List.of("org.gaul.s3proxy.Main", "--properties", file.toString()),
                        port);
        return new S3Double(process.port());
    }

    private static Path temporary(Path folder, String name) {
        Path file = folder.resolve(name);
        file.toFile().deleteOnExit();
        return file;
    }

    int port() {
        return port;
    }

    /// Returns how to reach it.
    public S3Settings settings() {
        return S3Settings.DEFAULTS.withEndpoint(URI.create("http://127.0.0.1:" + port));
    }

    /// Makes a bucket and returns its name.
    public String newBucket() {
        String name = "bucket-" + BUCKETS.incrementAndGet();
        try (S3Client client =
                S3Client.builder()
                        .httpClientBuilder(UrlConnectionHttpClient.builder())
                        .endpointOverride(URI.create("http://127.0.0.1:" + port))
                        .region(Region.US_EAST_1)
                        .forcePathStyle(true)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
                        .build()) {
            client.createBucket(r -> r.bucket(name));
        }
        return name;
    }
}
