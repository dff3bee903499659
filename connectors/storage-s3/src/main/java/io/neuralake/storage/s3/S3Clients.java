package io.neuralake.storage.s3;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.LegacyMd5Plugin;
import software.amazon.awssdk.services.s3.S3Client;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/// Makes the SDK's clients: blocking ones, over the HTTP client of the JDK.
final class S3Clients {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /// A request whose answer pauses for longer is repeated.
    private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(20);

    /// DynamoDB answers within milliseconds.
    private static final Duration DYNAMO_TIMEOUT = Duration.ofSeconds(4);

    private static final Duration CALL_TIMEOUT = Duration.ofMinutes(2);
    private static final int ATTEMPTS = 6;

    /// The JDK keeps five connections a host by default, and opens and closes all others.
    private static final String KEPT_CONNECTIONS = "http.maxConnections";

    private S3Clients() {}

    static SdkHttpClient http() {
        if (System.getProperty(KEPT_CONNECTIONS) == null) {
            System.setProperty(KEPT_CONNECTIONS, "64");
        }
        return UrlConnectionHttpClient.builder()
                .connectionTimeout(CONNECT_TIMEOUT)
                .socketTimeout(SOCKET_TIMEOUT)
                .build();
    }

    /// @param http stays the caller's
    /// @param repeating whether requests are repeated whose answer is lost or a temporary failure
    static S3Client s3(S3Settings settings, SdkHttpClient http, boolean repeating) {
        URI endpoint = endpoint(settings.endpoint(), "AWS_ENDPOINT_URL_S3");
        Boolean pathStyle = settings.pathStyle();
        return S3Client.builder()
                .httpClient(http)
                .endpointOverride(endpoint)
                .region(region(settings, endpoint))
                .crossRegionAccessEnabled(endpoint == null)
                .forcePathStyle(pathStyle == null ? endpoint != null : pathStyle)
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .addPlugin(LegacyMd5Plugin.create())
                .overrideConfiguration(
                        options ->
                                options.retryStrategy(retries(repeating))
                                        .apiCallTimeout(CALL_TIMEOUT))
                .build();
    }

    static DynamoDbClient dynamo(S3Settings settings) {
        URI endpoint = endpoint(settings.dynamo().endpoint(), "AWS_ENDPOINT_URL_DYNAMODB");
        return DynamoDbClient.builder()
                .httpClientBuilder(
                        UrlConnectionHttpClient.builder()
                                .connectionTimeout(CONNECT_TIMEOUT)
                                .socketTimeout(DYNAMO_TIMEOUT))
                .endpointOverride(endpoint)
                .region(region(settings, endpoint))
                .overrideConfiguration(
                        options ->
                                options.retryStrategy(retries(true)).apiCallTimeout(CALL_TIMEOUT))
                .build();
    }

    private static RetryStrategy retries(boolean repeating) {
        return repeating
                ? AwsRetryStrategy.forRetryMode(RetryMode.STANDARD).toBuilder()
                        .maxAttempts(ATTEMPTS)
                        .build()
                : AwsRetryStrategy.doNotRetry();
    }

    private static @Nullable URI endpoint(@Nullable URI set, String variable) {
        if (set != null) {
            return set;
        }
        Map<String, String> environment = System.getenv();
        String named =
                environment.getOrDefault(
                        variable, environment.getOrDefault("AWS_ENDPOINT_URL", ""));
        return named.isEmpty() ? null : URI.create(named);
    }

    /// Where there is an endpoint the region only has to be the same on both sides, so nobody is asked for it.
    private static Region region(S3Settings settings, @Nullable URI endpoint) {
        if (settings.region() != null) {
            return Region.of(settings.region());
        }
        String named =
                System.getenv().getOrDefault("AWS_REGION", System.getProperty("aws.region", ""));
        if (!named.isEmpty()) {
            return Region.of(named);
        }
        if (endpoint != null) {
            return Region.US_EAST_1;
        }
        try {
            return new DefaultAwsRegionProviderChain().getRegion();
        } catch (SdkClientException nowhere) {
            return Region.US_EAST_1;
        }
    }
}
