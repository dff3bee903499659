package io.neuralake.conformance.storage;

import io.neuralake.storage.s3.DynamoSettings;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// DynamoDBLocal, with the table that Spark would make.
public final class DynamoDouble {
    /// Name of the table with the commits.
    public static final String TABLE = "delta_log";

    private static @Nullable DynamoDouble shared;

    private final URI endpoint;
    private final DynamoDbClient client;

    private DynamoDouble(int port) {
        endpoint = URI.create("http://127.0.0.1:" + port);
        client =
                DynamoDbClient.builder()
                        .httpClientBuilder(
                                UrlConnectionHttpClient.builder()
                                        .socketTimeout(Duration.ofSeconds(4)))
                        .endpointOverride(endpoint)
                        .region(Region.US_EAST_1)
                        .build();
    }

    /// Returns the one of all tests. Takes the credentials that [S3Double] has set.
    public static synchronized DynamoDouble shared() throws IOException, InterruptedException {
        DynamoDouble running = shared;
        if (running == null) {
            S3Double.shared();
            Path folder = Files.createTempDirectory("neuralake-dynamodb");
            folder.toFile().deleteOnExit();
            Path log = folder.resolve("log");
            log.toFile().deleteOnExit();
            folder.resolve("dynamodb-local-metadata.json").toFile().deleteOnExit();
            int port = DoubleProcess.freePort();
            DoubleProcess.start(
                    "dynamodb",
                    log,
                    List.of("--enable-native-access=ALL-UNNAMED"),
                    List.of(
                            "com.amazonaws.services.dynamodbv2.local.main.ServerRunner",
                            "-inMemory",
                            "-port",
                            String.valueOf(port)),
                    port);
            running = new DynamoDouble(port);
            running.createTable();
            shared = running;
        }
        return running;
    }

    private void createTable() {
        client.createTable(
                r ->
                        r.tableName(TABLE)
                                .billingMode(BillingMode.PAY_PER_REQUEST)
                                .attributeDefinitions(text("tablePath"), text("fileName"))
                                .keySchema(
                                        key("tablePath", KeyType.HASH),
                                        key("fileName", KeyType.RANGE)));
    }

    private static AttributeDefinition text(String name) {
        return AttributeDefinition.builder()
                .attributeName(name)
                .attributeType(ScalarAttributeType.S)
                .build();
    }

    private static KeySchemaElement key(String name, KeyType type) {
        return KeySchemaElement.builder().attributeName(name).keyType(type).build();
    }

    DynamoDbClient client() {
        return client;
    }

    /// Returns how to reach it.
    public DynamoSettings settings() {
        return new DynamoSettings(TABLE, endpoint, "s3a");
    }
}
