package io.neuralake.connector.delta.commit;

import com.fasterxml.jackson.core.JsonGenerator;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.DeletionVector;
import io.neuralake.connector.delta.schema.SchemaJson;
import io.neuralake.spi.change.ChangeInfo;
import io.neuralake.spi.change.ChangeOperation;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Writes what a commit says of itself, by the names that other programs use.
///
/// @param id names the transaction
record CommitProvenance(StagedChanges staged, String id) {
    private static final String ENGINE = "Neuralake/0.1.0";
    private static final String PREDICATE = "predicate";

    /// Writes the action.
    ///
    /// @param time since 1970-01-01 UTC, milliseconds
    /// @param inCommit the same, if the table has times in commits, else null
    void write(JsonGenerator json, long time, @Nullable Long inCommit) throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart("commitInfo");
        if (inCommit != null) {
            json.writeNumberField("inCommitTimestamp", inCommit);
        }
        json.writeNumberField("timestamp", time);
        String user = user();
        if (!user.isEmpty()) {
            json.writeStringField("userName", user);
        }
        json.writeStringField("operation", staged.operation());
        texts(json, "operationParameters", parameters());
        if (!staged.creating()) {
            json.writeNumberField("readVersion", staged.base().version());
        }
        json.writeStringField("isolationLevel", staged.isolation().text());
        json.writeBooleanField("isBlindAppend", staged.isBlindAppend());
        texts(json, "operationMetrics", metrics());
        if (Writability.tracksRows(staged.draft())) {
            texts(json, "tags", Map.of("delta.rowTracking.preserved", preservesRows()));
        }
        json.writeStringField("engineInfo", ENGINE);
        json.writeStringField("txnId", id);
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void texts(JsonGenerator json, String member, Map<String, String> texts)
            throws IOException {
        json.writeObjectFieldStart(member);
        for (Map.Entry<String, String> entry : texts.entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    private String user() {
        return staged.statements().isEmpty() ? "" : staged.statements().getLast().user();
    }

    /// Returns the name of a kind of change.
    static String operation(ChangeOperation operation) {
        return switch (operation) {
            case CREATE_TABLE -> "CREATE TABLE";
            case CREATE_TABLE_AS_SELECT -> "CREATE TABLE AS SELECT";
            case REPLACE_TABLE -> "REPLACE TABLE";
            case REPLACE_TABLE_AS_SELECT -> "REPLACE TABLE AS SELECT";
            case APPEND, OVERWRITE -> "WRITE";
            case DELETE -> "DELETE";
            case UPDATE -> "UPDATE";
            case MERGE -> "MERGE";
            case COPY_INTO -> "COPY INTO";
            case TRUNCATE -> "TRUNCATE";
            case ALTER -> "ALTER TABLE";
            case OPTIMIZE -> "OPTIMIZE";
            case RESTORE -> "RESTORE";
        };
    }

    private Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        List<ChangeInfo> statements = staged.statements();
        for (ChangeInfo statement : statements) {
            switch (statement.operation()) {
                case APPEND -> parameters.put("mode", "Append");
                case OVERWRITE -> parameters.put("mode", "Overwrite");
                default -> {}
            }
            statement
                    .parameters()
                    .forEach(
                            (name, value) ->
                                    parameters.put(
                                            name,
                                            name.equals(PREDICATE)
                                                    ? SchemaJson.printValue(List.of(value))
                                                    : value));
        }
        if (parameters.containsKey("mode") || staged.creating()) {
            parameters.put(
                    "partitionBy",
                    SchemaJson.printValue(staged.draft().metadata().partitionColumns()));
        }
        if (statements.size() > 1) {
            parameters.put(
                    "statements",
                    String.join(
                            ", ", statements.stream().map(s -> operation(s.operation())).toList()));
        }
        return parameters;
    }

    private Map<String, String> metrics() {
        FileChanges changes = staged.files();
        Map<String, Long> counts = new LinkedHashMap<>();
        Set<String> kept = new HashSet<>();
        long rows = 0;
        long vectors = 0;
        for (AddFile file : changes.added()) {
            DeletionVector vector = file.deletionVector();
            if (vector == null) {
                rows += Math.max(0, file.rowCount());
                counts.merge("numAddedFiles", 1L, Long::sum);
                counts.merge("numAddedBytes", file.size(), Long::sum);
            } else {
                kept.add(file.path());
                vectors++;
            }
        }
        for (AddFile file : changes.removed()) {
            if (!kept.contains(file.path())) {
                counts.merge("numRemovedFiles", 1L, Long::sum);
                counts.merge("numRemovedBytes", file.size(), Long::sum);
            }
        }
        Map<String, String> metrics = new LinkedHashMap<>();
        Long files = counts.get("numAddedFiles");
        if (files != null) {
            // Names of what only adds rows, and of what changes them.
            metrics.put("numFiles", Long.toString(files));
            metrics.put("numOutputRows", Long.toString(rows));
            metrics.put("numOutputBytes", Long.toString(counts.getOrDefault("numAddedBytes", 0L)));
        }
        counts.forEach((name, count) -> metrics.put(name, Long.toString(count)));
        if (vectors > 0) {
            metrics.put("numDeletionVectorsAdded", Long.toString(vectors));
        }
        if (!staged.changeData().isEmpty()) {
            metrics.put("numAddedChangeFiles", Integer.toString(staged.changeData().size()));
        }
        if (staged.rowsDeleted() > 0) {
            metrics.put("numDeletedRows", Long.toString(staged.rowsDeleted()));
        }
        return metrics;
    }

    /// Rows that are copied into other files lose their identifiers unless the table keeps them: which is so if files come
    /// where others, or rows of them, go.
    private String preservesRows() {
        if (staged.draft().metadata().rowColumns() != null) {
            return "true";
        }
        FileChanges files = staged.files();
        boolean copies =
                !files.removed().isEmpty()
                        && files.added().stream().anyMatch(file -> file.deletionVector() == null);
        return Boolean.toString(!copies);
    }
}
