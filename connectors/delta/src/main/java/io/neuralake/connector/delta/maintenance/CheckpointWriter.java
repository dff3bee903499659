package io.neuralake.connector.delta.maintenance;

import io.neuralake.connector.delta.log.LogContents;
import io.neuralake.connector.delta.log.LogContents.Entry;
import io.neuralake.connector.delta.log.LogContents.Sidecar;
import io.neuralake.connector.delta.log.LogFileWriter;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Schema;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Writes what a version adds up to, so that readers need not read the commits before it. All files but
/// `_last_checkpoint` are written once, under names of their own or if there are none yet; whoever writes
/// the same version at the same time writes the same. A checkpoint is there when its last file is:
/// what a crash leaves before is found by nobody, and cleared away later ([LogCleanUp]).
///
/// Tables with `delta.checkpointPolicy` v2 have their files in sidecars. One of the checkpoint before that still is right in
/// all its rows becomes part of the next, so that a table to which files are added writes about those.
final class CheckpointWriter {
    private static final int SIDECAR_ROWS = 50_000;

    /// Sidecars of fewer rows are written anew, so that there are not too many.
    private static final int MIN_KEPT_ROWS = 10_000;

    private final ObjectStore store;
    private final String folder;
    private final InstantSource clock;

    /// @param folder the table's `_delta_log`
    CheckpointWriter(ObjectStore store, String folder, InstantSource clock) {
        this.store = store;
        this.folder = folder;
        this.clock = clock;
    }

    /// Writes the checkpoint of a version, unless there is one. Throws STORAGE_ERROR.
    void write(LogContents contents) {
        TableProperties properties = new TableProperties(contents.state().metadata().properties());
        CheckpointFiles present = CheckpointFiles.list(store, folder);
        if (present.isComplete(contents.version())) {
            return;
        }
        CheckpointRows rows = new CheckpointRows(contents, properties, clock.millis());
        LastCheckpoint last =
                properties.checkpointsHaveSidecars() && hasFeature(contents, "v2Checkpoint")
                        ? withSidecars(contents, rows, properties)
                        : classic(contents, rows);
        last.write(store, folder);
    }

    static boolean hasFeature(LogContents contents, String feature) {
        return contents.state().protocol().writerFeatures().contains(feature);
    }

    private LastCheckpoint classic(LogContents contents, CheckpointRows rows) {
        Schema schema = rows.classicSchema();
        List<Entry> tombstones = rows.tombstones();
        String path = folder + "/" + "%020d".formatted(contents.version()) + ".checkpoint.parquet";
        long actions = 0;
        try (LogFileWriter writer = new LogFileWriter(schema)) {
            for (List<@Nullable Object> row : rows.others(schema)) {
                writer.append(row);
                actions++;
            }
            contents.files().forEach(file -> writer.append(rows.add(schema, file)));
            tombstones.forEach(entry -> writer.append(rows.remove(schema, entry)));
            actions += contents.files().size() + tombstones.size();
            byte[] content = Files.readAllBytes(writer.finish());
            store.putIfAbsent(path, content);
            return new LastCheckpoint(
                    contents.version(), actions, content.length, contents.files().size());
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    private LastCheckpoint withSidecars(
            LogContents contents, CheckpointRows rows, TableProperties properties) {
        List<Entry> tombstones = rows.tombstones();
        Map<String, Sidecar> kept = kept(contents, tombstones, properties);
        List<Sidecar> sidecars = new ArrayList<>(kept.values());
        Schema sidecarSchema = rows.sidecarSchema();
        List<List<@Nullable Object>> open = new ArrayList<>();
        for (Entry file : contents.files()) {
            if (!kept.containsKey(String.valueOf(file.sidecar()))) {
                open.add(rows.add(sidecarSchema, file));
                flush(sidecarSchema, open, SIDECAR_ROWS, sidecars);
            }
        }
        for (Entry tombstone : tombstones) {
            if (!kept.containsKey(String.valueOf(tombstone.sidecar()))) {
                open.add(rows.remove(sidecarSchema, tombstone));
                flush(sidecarSchema, open, SIDECAR_ROWS, sidecars);
            }
        }
        flush(sidecarSchema, open, 1, sidecars);
        Schema schema = rows.mainSchema();
        List<List<@Nullable Object>> main = new ArrayList<>(rows.sidecars(schema, sidecars));
        main.addAll(rows.others(schema));
        String path =
                folder
                        + "/"
                        + "%020d".formatted(contents.version())
                        + ".checkpoint."
                        + UUID.randomUUID()
                        + ".parquet";
        long bytes = upload(schema, main, path);
        for (Sidecar sidecar : sidecars) {
            bytes += sidecar.bytes();
        }
        long actions =
                (long) main.size() - sidecars.size() + contents.files().size() + tombstones.size();
        return new LastCheckpoint(contents.version(), actions, bytes, contents.files().size());
    }

    /// Returns the sidecars of the checkpoint before all of whose rows hold still. None, when that checkpoint is old
    /// enough to be cleared away by others in the meantime, and its sidecars with it.
    private Map<String, Sidecar> kept(
            LogContents contents, List<Entry> tombstones, TableProperties properties) {
        Map<String, Integer> holding = new HashMap<>();
        contents.files().forEach(file -> count(file, holding));
        tombstones.forEach(entry -> count(entry, holding));
        long youngEnough = clock.millis() - properties.logRetention().toMillis() / 2;
        Map<String, Sidecar> kept = new HashMap<>();
        for (Sidecar sidecar : contents.baseSidecars().values()) {
            if (sidecar.rows() >= MIN_KEPT_ROWS
                    && sidecar.rows() == holding.getOrDefault(sidecar.name(), 0)
                    && baseMillis(contents) > youngEnough) {
                kept.put(sidecar.name(), sidecar);
            }
        }
        return kept;
    }

    /// Returns when the commit of the checkpoint before was written; 0 when that is unknown.
    private long baseMillis(LogContents contents) {
        String commit = folder + "/" + "%020d".formatted(contents.state().baseVersion()) + ".json";
        return store.entry(commit).map(StoredEntry::modifiedMillis).orElse(0L);
    }

    private static void count(Entry entry, Map<String, Integer> into) {
        if (entry.sidecar() != null) {
            into.merge(entry.sidecar(), 1, Integer::sum);
        }
    }

    /// Writes a sidecar when there are so many rows.
    private void flush(
            Schema schema, List<List<@Nullable Object>> rows, int atLeast, List<Sidecar> into) {
        if (rows.size() >= atLeast) {
            String name = UUID.randomUUID() + ".parquet";
            long bytes = upload(schema, rows, folder + "/_sidecars/" + name);
            into.add(new Sidecar(name, bytes, clock.millis(), rows.size()));
            rows.clear();
        }
    }

    private long upload(Schema schema, List<List<@Nullable Object>> rows, String path) {
        try (LogFileWriter writer = new LogFileWriter(schema)) {
            rows.forEach(writer::append);
            Path file = writer.finish();
            long bytes = Files.size(file);
            store.upload(file, path);
            return bytes;
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    private static NeuralakeException failed(String path, IOException cause) {
        return new NeuralakeException(
                ErrorCode.STORAGE_ERROR, "Cannot write checkpoint: " + path, cause);
    }
}
