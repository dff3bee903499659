package io.neuralake.storage.lake;

import io.neuralake.storage.FolderListing;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;
import io.neuralake.storage.lake.LakeLocation.SchemaFolder;
import io.neuralake.storage.lake.LakeLocation.Table;

import org.jspecify.annotations.Nullable;

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
/// | folder with a commit in `_delta_log` | Delta table |
/// | folder with `_delta_log` without commits | a table that is being made: nothing yet |
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

    /// Files that nearly every log has, the one first that stays. Stores find a file more cheaply than a folder.
    private static final List<String> USUAL =
            List.of("_last_checkpoint", "00000000000000000000.json");

    private static final List<String> PRECEDENCE = List.of("delta", "parquet", "csv", "json");

    private final ObjectStore store;

    LakeDiscovery(ObjectStore store) {
        this.store = store;
    }

    /// What a lake held, and what was looked at to find out.
    ///
    /// @param locations the tables and schemas by name
    record Found(Map<String, LakeLocation> locations, List<Visit> visits) {}

    /// What a folder has of a Delta table's log.
    private enum Log {
        NONE,
        WITHOUT_COMMITS,
        WITH_COMMITS
    }

    /// Something that the answer depends on.
    ///
    /// @param scope the names, from the lake down, of the child whose kind it tells; empty for all
    /// @param stamp of a folder that was listed; empty when no stamp tells whether it changed; null
    ///     for a path that must only be there
    private record Visit(List<String> scope, String path, @Nullable Optional<Object> stamp) {
        boolean concerns(List<String> name) {
            if (scope.size() > name.size()) {
                return false;
            }
            for (int i = 0; i < scope.size(); i++) {
                if (!scope.get(i).equalsIgnoreCase(name.get(i))) {
                    return false;
                }
            }
            return true;
        }

        boolean holds(ObjectStore store) {
            return stamp == null
                    ? store.entry(path).isPresent()
                    : stamp.isPresent() && stamp.equals(store.stamp(path));
        }
    }

    /// Tells whether a look at the lake would find the same for all names.
    boolean holds(Found found) {
        return found.visits.stream().allMatch(visit -> visit.holds(store));
    }

    /// Tells whether a look at the lake would find the same for a table. Costs a look-up for the lake
    /// and for each folder on the way, however many other tables there are.
    ///
    /// @param name of the table, behind that of its folder if it does not lie in the lake directly
    boolean holds(Found found, List<String> name) {
        return found.visits.stream()
                .filter(visit -> visit.concerns(name))
                .allMatch(visit -> visit.holds(store));
    }

    /// Finds the tables and schemas in `folder`, by name.
    Found locations(String folder) {
        return new Search().locations(folder);
    }

    /// One look at a lake.
    private final class Search {
        private final List<Visit> visits = new ArrayList<>();

        Found locations(String folder) {
            Map<String, LakeLocation> found = new LinkedHashMap<>();
            for (StoredEntry entry : visible(folder, List.of())) {
                List<String> scope = List.of(entry.name());
                Log log = log(entry, scope);
                if (log == Log.WITHOUT_COMMITS) {
                    continue;
                }
                Optional<Table> table = table(entry, log, scope);
                if (table.isPresent()) {
                    found.merge(table.get().name(), table.get(), LakeDiscovery::preferred);
                } else if (entry.folder()) {
                    List<Table> tables = tables(entry);
                    if (!tables.isEmpty()) {
                        found.putIfAbsent(
                                "schema:" + entry.name(), new SchemaFolder(entry.name(), tables));
                    }
                }
            }
            return new Found(found, List.copyOf(visits));
        }

        private List<Table> tables(StoredEntry schema) {
            Map<String, Table> tables = new LinkedHashMap<>();
            for (StoredEntry entry : visible(schema.path(), List.of(schema.name()))) {
                List<String> scope = List.of(schema.name(), entry.name());
                table(entry, log(entry, scope), scope)
                        .ifPresent(
                                t -> tables.merge(t.name(), t, (a, b) -> (Table) preferred(a, b)));
            }
            return new ArrayList<>(tables.values());
        }

        private Optional<Table> table(StoredEntry entry, Log log, List<String> scope) {
            String name = entry.name();
            if (log == Log.WITHOUT_COMMITS) {
                return Optional.empty();
            }
            if (!entry.folder()) {
                int dot = name.lastIndexOf('.');
                String format =
                        dot <= 0
                                ? null
                                : FORMATS.get(name.substring(dot + 1).toLowerCase(Locale.ROOT));
                return Optional.ofNullable(format)
                        .map(f -> new Table(name.substring(0, dot), f, entry.path()));
            }
            if (log == Log.WITH_COMMITS) {
                return Optional.of(new Table(name, "delta", entry.path()));
            }
            return holdsParquet(entry.path(), scope)
                    ? Optional.of(new Table(name, "parquet", entry.path()))
                    : Optional.empty();
        }

        /// Looks for the usual files before it lists a log, which may be long.
        private Log log(StoredEntry entry, List<String> scope) {
            String log = entry.path() + "/_delta_log";
            if (!entry.folder() || store.entry(log).isEmpty()) {
                return Log.NONE;
            }
            for (String name : USUAL) {
                if (store.entry(log + "/" + name).isPresent()) {
                    visits.add(new Visit(scope, log + "/" + name, null));
                    return Log.WITH_COMMITS;
                }
            }
            FolderListing listing = store.list(log);
            for (StoredEntry file : listing.children()) {
                if (file.name().startsWith("0")) {
                    visits.add(new Visit(scope, file.path(), null));
                    return Log.WITH_COMMITS;
                }
            }
            visits.add(new Visit(scope, log, listing.stamp()));
            return Log.WITHOUT_COMMITS;
        }

        private boolean holdsParquet(String folder, List<String> scope) {
            List<StoredEntry> children = visible(folder, scope);
            for (StoredEntry child : children) {
                if (!child.folder() && child.name().toLowerCase(Locale.ROOT).endsWith(".parquet")) {
                    return true;
                }
            }
            for (StoredEntry child : children) {
                if (child.folder()
                        && child.name().indexOf('=') > 0
                        && holdsParquet(child.path(), scope)) {
                    return true;
                }
            }
            return false;
        }

        private List<StoredEntry> visible(String folder, List<String> scope) {
            FolderListing listing = store.list(folder);
            visits.add(new Visit(scope, folder, listing.stamp()));
            return listing.children().stream()
                    .filter(e -> !e.name().startsWith(".") && !e.name().startsWith("_"))
                    .toList();
        }
    }

    private static LakeLocation preferred(LakeLocation left, LakeLocation right) {
        return rank(right) < rank(left) ? right : left;
    }

    private static int rank(LakeLocation location) {
        return location instanceof Table table
                ? PRECEDENCE.indexOf(table.format())
                : PRECEDENCE.size();
    }
}
