package io.neuralake.storage.s3;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The table in DynamoDB in which commits win or lose. All reads see what was written before.
final class LogEntries implements AutoCloseable {
    /// Long enough for all writers to have seen that a commit is complete.
    private static final Duration KEPT = Duration.ofDays(1);

    private final DynamoDbClient client;
    private final String table;
    private final InstantSource clock;

    /// Takes ownership of the client.
    LogEntries(DynamoDbClient client, String table, InstantSource clock) {
        this.client = client;
        this.table = table;
        this.clock = clock;
    }

    Optional<LogEntry> find(String tablePath, String fileName) {
        Map<String, AttributeValue> item =
                guarded(
                        () ->
                                client.getItem(
                                                r ->
                                                        r.tableName(table)
                                                                .key(
                                                                        LogEntry.key(
                                                                                tablePath,
                                                                                fileName))
                                                                .consistentRead(true))
                                        .item());
        return item.isEmpty() ? Optional.empty() : Optional.of(LogEntry.of(item));
    }

    Optional<LogEntry> newest(String tablePath) {
        List<Map<String, AttributeValue>> items =
                guarded(
                        () ->
                                client.query(
                                                r ->
                                                        r.tableName(table)
                                                                .keyConditionExpression(
                                                                        LogEntry.TABLE_PATH
                                                                                + " = :path")
                                                                .expressionAttributeValues(
                                                                        Map.of(
                                                                                ":path",
                                                                                AttributeValue
                                                                                        .fromS(
                                                                                                tablePath)))
                                                                .scanIndexForward(false)
                                                                .limit(1)
                                                                .consistentRead(true))
                                        .items());
        return items.isEmpty() ? Optional.empty() : Optional.of(LogEntry.of(items.getFirst()));
    }

    /// Adds an entry, unless there is one of its name.
    ///
    /// @return whether it is there now; the answer to an earlier attempt may have got lost
    boolean add(LogEntry entry) {
        try {
            guarded(
                    () ->
                            client.putItem(
                                    r ->
                                            r.tableName(table)
                                                    .item(entry.item(null))
                                                    .conditionExpression(
                                                            "attribute_not_exists("
                                                                    + LogEntry.FILE_NAME
                                                                    + ")")));
            return true;
        } catch (ConditionalCheckFailedException exists) {
            return isOurs(entry);
        } catch (NeuralakeException e) {
            if (e.code() == ErrorCode.STORAGE_ERROR && isOurs(entry)) {
                return true;
            }
            throw e;
        }
    }

    /// Names of temporary files are never used twice.
    private boolean isOurs(LogEntry entry) {
        return find(entry.tablePath(), entry.fileName())
                .filter(found -> found.tempPath().equals(entry.tempPath()))
                .isPresent();
    }

    /// Says that the content of a commit is at its place. DynamoDB forgets the entry after a day if it was
    /// told which attribute is the time of that.
    void complete(LogEntry entry) {
        long expires = clock.instant().plus(KEPT).getEpochSecond();
        guarded(
                () ->
                        client.putItem(
                                r -> r.tableName(table).item(entry.completed().item(expires))));
    }

    void deleteAll(String tablePath) {
        for (Optional<LogEntry> entry = newest(tablePath);
                entry.isPresent();
                entry = newest(tablePath)) {
            Map<String, AttributeValue> key = LogEntry.key(tablePath, entry.get().fileName());
            guarded(() -> client.deleteItem(r -> r.tableName(table).key(key)));
        }
    }

    private <T> T guarded(Supplier<T> request) {
        try {
            return request.get();
        } catch (ConditionalCheckFailedException e) {
            throw e;
        } catch (ResourceNotFoundException e) {
            throw new NeuralakeException(
                    ErrorCode.STORAGE_ERROR,
                    "No table in DynamoDB: "
                            + table
                            + "; make one with the partition key tablePath and the sort key"
                            + " fileName, both of type S",
                    e);
        } catch (SdkException e) {
            throw new NeuralakeException(
                    ErrorCode.STORAGE_ERROR,
                    "DynamoDB does not answer as it should: table " + table + ": " + e.getMessage(),
                    e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
