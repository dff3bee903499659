package io.neuralake.connector.delta.commit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;

import io.neuralake.connector.delta.log.ActionWriter;
import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.FileDetails;
import io.neuralake.connector.delta.log.LogAction;
import io.neuralake.connector.delta.log.TableMetadata;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.connector.delta.schema.SchemaJson;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Makes the commit of a transaction behind a version: what it changes, and what depends on the version, which are times and
/// identifiers of rows.
final class CommitWriter {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String HIGH_WATER_MARK = "rowIdHighWaterMark";

    private final StagedChanges staged;
    private final String id;

    /// @param id names the transaction
    CommitWriter(StagedChanges staged, String id) {
        this.staged = staged;
        this.id = id;
    }

    /// A commit that can be written.
    ///
    /// @param actions as the log will have them
    /// @param content of the file
    record Commit(long version, List<LogAction> actions, byte[] content) {}

    /// Makes the commit.
    ///
    /// @param newest the version before; null for none
    /// @param nowMillis since 1970-01-01 UTC
    Commit write(@Nullable TableState newest, long nowMillis) {
        long version = newest == null ? 0 : newest.version() + 1;
        long time = newest == null ? nowMillis : Math.max(nowMillis, newest.millis() + 1);
        TableMetadata metadata = metadata(version, time);
        Long inCommit = metadata.inCommitTimestamps() ? time : null;
        List<LogAction> actions = new ArrayList<>();
        actions.add(
                new LogAction.CommitInfo(inCommit, id, staged.operation(), staged.isBlindAppend()));
        if (staged.changesProtocol()) {
            actions.add(new LogAction.SetProtocol(staged.draft().protocol()));
        }
        if (staged.changesMetadata()) {
            actions.add(new LogAction.SetMetadata(metadata));
        }
        domains(actions);
        staged.applications()
                .forEach((app, at) -> actions.add(new LogAction.SetTransaction(app, at, time)));
        files(newest, version, nowMillis, actions);
        actions.addAll(staged.changeData());
        CommitProvenance provenance = new CommitProvenance(staged, id);
        return new Commit(
                version, actions, content(actions, json -> provenance.write(json, time, inCommit)));
    }

    /// The commit that turns times in commits on for a table with older versions says so.
    private TableMetadata metadata(long version, long time) {
        TableMetadata metadata = staged.draft().metadata();
        if (staged.creating()
                || !metadata.inCommitTimestamps()
                || staged.base().metadata().inCommitTimestamps()) {
            return metadata;
        }
        Map<String, String> properties = new HashMap<>(metadata.properties());
        properties.put(TableProperties.ENABLEMENT_VERSION, Long.toString(version));
        properties.put(TableProperties.ENABLEMENT_TIME, Long.toString(time));
        return metadata.withProperties(properties);
    }

    private void domains(List<LogAction> actions) {
        for (String domain : staged.changedDomains()) {
            String now = staged.draft().domains().get(domain);
            String before = staged.base().domains().getOrDefault(domain, "");
            actions.add(new LogAction.SetDomain(domain, now == null ? before : now, now == null));
        }
    }

    private void files(
            @Nullable TableState newest, long version, long nowMillis, List<LogAction> actions) {
        FileChanges files = staged.files();
        for (AddFile file : files.removed()) {
            actions.add(file.removal(nowMillis, files.dataChange()));
        }
        boolean tracked = Writability.tracksRows(staged.draft());
        long mark = tracked && newest != null ? mark(newest) : -1;
        long first = mark;
        for (AddFile file : files.added()) {
            FileDetails details = file.details();
            if (!tracked || details.baseRowId() != null) {
                actions.add(file);
                continue;
            }
            long rows = file.storedRows();
            if (rows < 0) {
                throw new NeuralakeException(
                        ErrorCode.INTERNAL_ERROR,
                        "A file without a count of rows cannot get identifiers: " + file.path());
            }
            actions.add(file.withDetails(details.withRows(mark + 1, version)));
            mark += rows;
        }
        if (mark > first) {
            actions.add(
                    new LogAction.SetDomain(
                            ConflictCheck.ROW_TRACKING,
                            SchemaJson.printValue(Map.of(HIGH_WATER_MARK, mark)),
                            false));
        }
    }

    private static long mark(TableState newest) {
        String domain = newest.domains().get(ConflictCheck.ROW_TRACKING);
        return domain != null
                        && SchemaJson.parseValue(domain) instanceof Map<?, ?> map
                        && map.get(HIGH_WATER_MARK) instanceof Number mark
                ? mark.longValue()
                : -1;
    }

    /// Something that writes JSON.
    private interface Writing {
        void to(JsonGenerator json) throws IOException;
    }

    private static byte[] content(List<LogAction> actions, Writing provenance) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
            ActionWriter writer = new ActionWriter(json);
            for (LogAction action : actions) {
                if (action instanceof LogAction.CommitInfo) {
                    provenance.to(json);
                } else {
                    writer.write(action);
                }
            }
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
