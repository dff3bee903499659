package io.neuralake.storage.lake;

import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;
import io.neuralake.storage.lake.LakeLocation.SchemaFolder;
import io.neuralake.storage.lake.LakeLocation.Table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Tells tables from schemas among the children of a folder:
///
/// | child | is |
/// | --- | --- |
/// | `x.parquet`, `x.csv`, `x.json`, `x.ndjson`, `x.jsonl` | table `x` |
/// | folder with `_delta_log` | Delta table |
/// | folder with `*.parquet` directly or below `key=value` folders | Parquet table |
/// | other folder that holds such children | schema |
///
/// Names that begin with `.` or `_` are left out. Of two children with one name the first in the
/// order of this table's formats wins.
final class LakeDiscovery {
    private static final Map<String, String> FORMATS =
            Map.of(
                    "parquet", "parquet",
                    "csv", "csv",
                    "json", "json",
                    "ndjson", "json",
                    "jsonl", "json");
    private static final List<String> PRECEDENCE = List.of("delta", "parquet", "csv", "json");

    private final ObjectStore store;

    LakeDiscovery(ObjectStore store) {
        this.store = store;
    }

    /// Finds the tables and schemas in `folder`, by name.
    Map<String, LakeLocation> locations(String folder) {
        Map<String, LakeLocation> found = new LinkedHashMap<>();
        for (StoredEntry entry : visible(folder)) {
            Optional<Table> table = table(entry);
            if (table.isPresent()) {
                found.merge(table.get().name(), table.get(), LakeDiscovery::preferred);
            } else if (entry.folder()) {
                List<Table> tables = tables(entry.path());
                if (!tables.isEmpty()) {
                    found.putIfAbsent(
                            "schema:" + entry.name(), new SchemaFolder(entry.name(), tables));
                }
            }
        }
        return found;
    }

    private List<Table> tables(String folder) {
        Map<String, Table> tables = new LinkedHashMap<>();
        for (StoredEntry entry : visible(folder)) {
            table(entry)
                    .ifPresent(t -> tables.merge(t.name(), t, (a, b) -> (Table) preferred(a, b)));
        }
        return new ArrayList<>(tables.values());
    }

    private static LakeLocation preferred(LakeLocation left, LakeLocation right) {
        return rank(right) < rank(left) ? right : left;
    }

    private static int rank(LakeLocation location) {
        return location instanceof Table table
                ? PRECEDENCE.indexOf(table.format())
                : PRECEDENCE.size();
    }

    private Optional<Table> table(StoredEntry entry) {
        String name = entry.name();
        if (!entry.folder()) {
            int dot = name.lastIndexOf('.');
            String format =
                    dot <= 0 ? null : FORMATS.get(name.substring(dot + 1).toLowerCase(Locale.ROOT));
            return Optional.ofNullable(format)
                    .map(f -> new Table(name.substring(0, dot), f, entry.path()));
        }
        if (store.entry(entry.path() + "/_delta_log").isPresent()) {
            return Optional.of(new Table(name, "delta", entry.path()));
        }
        return holdsParquet(entry.path())
                ? Optional.of(new Table(name, "parquet", entry.path()))
                : Optional.empty();
    }

    private boolean holdsParquet(String folder) {
        List<StoredEntry> children = visible(folder);
        for (StoredEntry child : children) {
            if (!child.folder() && child.name().toLowerCase(Locale.ROOT).endsWith(".parquet")) {
                return true;
            }
        }
        for (StoredEntry child : children) {
            if (child.folder() && child.name().indexOf('=') > 0 && holdsParquet(child.path())) {
                return true;
            }
        }
        return false;
    }

    private List<StoredEntry> visible(String folder) {
        return store.children(folder).stream()
                .filter(e -> !e.name().startsWith(".") && !e.name().startsWith("_"))
                .toList();
    }
}
