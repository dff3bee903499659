package io.neuralake.storage.s3;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import java.util.HashMap;
import java.util.Map;

/// What the table in DynamoDB knows of a commit, in the form of Spark's `S3DynamoDBLogStore`.
///
/// @param tablePath the Delta table, as all writers of it name it
/// @param fileName `00000000000000000001.json`
/// @param tempPath where the content is, relative to the log's folder
/// @param complete whether the content is at its own place, too
record LogEntry(String tablePath, String fileName, String tempPath, boolean complete) {
    static final String TABLE_PATH = "tablePath";
    static final String FILE_NAME = "fileName";
    private static final String TEMP_PATH = "tempPath";
    private static final String COMPLETE = "complete";
    private static final String EXPIRE_TIME = "expireTime";

    static LogEntry of(Map<String, AttributeValue> item) {
        return new LogEntry(
                text(item, TABLE_PATH),
                text(item, FILE_NAME),
                text(item, TEMP_PATH),
                text(item, COMPLETE).equals("true"));
    }

    private static String text(Map<String, AttributeValue> item, String name) {
        AttributeValue value = item.get(name);
        String text = value == null ? null : value.s();
        return text == null ? "" : text;
    }

    LogEntry completed() {
        return new LogEntry(tablePath, fileName, tempPath, true);
    }

    /// @param expires epoch seconds from when DynamoDB may forget the entry; null for never
    Map<String, AttributeValue> item(@Nullable Long expires) {
        Map<String, AttributeValue> item = new HashMap<>(key(tablePath, fileName));
        item.put(TEMP_PATH, AttributeValue.fromS(tempPath));
        item.put(COMPLETE, AttributeValue.fromS(String.valueOf(complete)));
        if (expires != null) {
            item.put(EXPIRE_TIME, AttributeValue.fromN(String.valueOf(expires)));
        }
        return item;
    }

    static Map<String, AttributeValue> key(String tablePath, String fileName) {
        return Map.of(
                TABLE_PATH, AttributeValue.fromS(tablePath),
                FILE_NAME, AttributeValue.fromS(fileName));
    }
}
