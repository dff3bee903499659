package io.neuralake.storage.lake;

import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableFormat;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.change.SupportsTableChanges;
import io.neuralake.spi.change.SupportsTableCreation;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.change.TableTransaction;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoragePath;
import io.neuralake.storage.StoredEntry;
import io.neuralake.storage.lake.LakeDiscovery.Found;
import io.neuralake.storage.lake.LakeLocation.SchemaFolder;
import io.neuralake.storage.lake.LakeLocation.Table;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// The catalog of a lake: a folder whose files and folders are tables, without any definition. Every
/// look-up makes sure that the folders on its way have not changed since they were listed, and lists
/// them anew if they have or if the store cannot tell, so that new files are seen by the next query.
///
/// Tables are made and dropped by formats that can ([SupportsTableCreation]); a new one is a folder of its name, in
/// the lake or in the folder of its schema.
public final class LakeCatalog implements SupportsTableChanges {
    /// The schema of tables that lie directly in the lake.
    public static final String DEFAULT_SCHEMA = "main";

    private final String name;
    private final ObjectStore store;
    private final String root;
    private final Map<String, TableFormat> formats = new HashMap<>();
    private final LakeDiscovery discovery;
    private volatile @Nullable Look last;

    /// Opens a lake.
    ///
    /// @param root path of the folder
    /// @param formats the formats that can be read; a table of another format is listed, and opening
    ///     it is UNSUPPORTED (0A000)
    public LakeCatalog(
            String name, ObjectStore store, String root, Collection<TableFormat> formats) {
        this.name = name;
        this.store = store;
        this.root = root;
        this.discovery = new LakeDiscovery(store);
        formats.forEach(f -> this.formats.put(f.name(), f));
        if (StoragePath.isRemote(root)) {
            // A folder of objects is there when an object is: an empty one is a lake without
            // tables.
            store.children(root);
        } else if (store.entry(root).filter(e -> e.folder()).isEmpty()) {
            throw new NeuralakeException(ErrorCode.FILE_NOT_FOUND, "Lake is not a folder: " + root);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> schemas() {
        TreeSet<String> names = new TreeSet<>();
        names.add(DEFAULT_SCHEMA);
        for (LakeLocation location : all().found.locations().values()) {
            if (location instanceof SchemaFolder schema) {
                names.add(schema.name());
            }
        }
        return new ArrayList<>(names);
    }

    @Override
    public List<String> tables(String schema) {
        return new ArrayList<>(all().tables(schema).keySet());
    }

    @Override
    public Optional<TableSnapshot> table(String schema, String table) {
        Table found = find(schema, table);
        if (found == null) {
            return Optional.empty();
        }
        TableFormat format = formats.get(found.format());
        if (format == null) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Tables of this format cannot be read yet: "
                            + found.format()
                            + " at "
                            + found.path());
        }
        return Optional.of(
                format.open(new QualifiedName(name, schema, found.name()), found.path()));
    }

    private @Nullable Table find(String schema, String table) {
        Map<String, Table> tables = around(schema, table).tables(schema);
        Table found = tables.get(table);
        return found != null
                ? found
                : tables.values().stream()
                        .filter(t -> t.name().equalsIgnoreCase(table))
                        .findFirst()
                        .orElse(null);
    }

    @Override
    public TableTransaction create(
            String schema, String table, TableDefinition definition, CreateMode mode) {
        Table found = find(schema, table);
        if (found != null) {
            if (mode == CreateMode.CREATE) {
                throw new NeuralakeException(
                        ErrorCode.TABLE_EXISTS, "Table exists: " + schema + "." + found.name());
            }
            return changing(found)
                    .create(
                            new QualifiedName(name, schema, found.name()),
                            found.path(),
                            definition,
                            mode);
        }
        if (mode == CreateMode.REPLACE) {
            throw new NeuralakeException(
                    ErrorCode.TABLE_NOT_FOUND, "Table not found: " + schema + "." + table);
        }
        return creating()
                .create(
                        new QualifiedName(name, schema, table),
                        location(schema, table),
                        definition,
                        mode);
    }

    @Override
    public boolean drop(String schema, String table) {
        Table found = find(schema, table);
        return found != null && changing(found).drop(found.path());
    }

    private SupportsTableCreation creating() {
        for (TableFormat format : formats.values()) {
            if (format instanceof SupportsTableCreation creation) {
                return creation;
            }
        }
        throw new NeuralakeException(
                ErrorCode.UNSUPPORTED, "Tables cannot be made in this lake: " + root);
    }

    private SupportsTableCreation changing(Table table) {
        if (formats.get(table.format()) instanceof SupportsTableCreation creation) {
            return creation;
        }
        throw new NeuralakeException(
                ErrorCode.UNSUPPORTED,
                "Tables of this format can be read only: "
                        + table.format()
                        + " at "
                        + table.path());
    }

    /// Returns the path of a new table.
    private String location(String schema, String table) {
        if (!table.matches("[^/\\\\\\p{Cntrl}._=][^/\\\\\\p{Cntrl}=]{0,199}")) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "Not a name for a table, which becomes that of a folder (at most 200"
                            + " characters, no slash and no '=', no dot or underscore in front): "
                            + table);
        }
        String folder = schema.equalsIgnoreCase(DEFAULT_SCHEMA) ? root : schemaFolder(schema);
        String path = folder + "/" + table;
        for (StoredEntry entry : store.children(folder)) {
            if (entry.name().equalsIgnoreCase(table) && occupied(entry)) {
                throw new NeuralakeException(
                        ErrorCode.TABLE_EXISTS,
                        "The name is taken by a file or folder that is no table: " + entry.path());
            }
        }
        return path;
    }

    private String schemaFolder(String schema) {
        return store.children(root).stream()
                .filter(entry -> entry.folder() && entry.name().equalsIgnoreCase(schema))
                .filter(entry -> find(DEFAULT_SCHEMA, entry.name()) == null)
                .findFirst()
                .map(StoredEntry::path)
                .orElseThrow(
                        () ->
                                new NeuralakeException(
                                        ErrorCode.SCHEMA_NOT_FOUND, "Schema not found: " + schema));
    }

    /// Tells whether something lies where a table shall be. What is left of a table that was never finished
    /// does not count.
    private boolean occupied(StoredEntry entry) {
        return !entry.folder()
                || store.entry(entry.path() + "/_delta_log").isEmpty()
                        && !store.children(entry.path()).isEmpty();
    }

    /// What the lake held, and its tables by schema in lower case, as far as they were asked for.
    private record Look(Found found, Map<String, Map<String, Table>> schemas) {
        Map<String, Table> tables(String schema) {
            return schemas.computeIfAbsent(
                    schema.toLowerCase(Locale.ROOT),
                    name -> tablesByName(found.locations().values(), name));
        }
    }

    /// Returns all that the lake holds.
    private Look all() {
        Look known = last;
        return known != null && discovery.holds(known.found) ? known : look();
    }

    /// Returns what the lake holds, as far as it matters to one table.
    private Look around(String schema, String table) {
        Look known = last;
        return known != null
                        && discovery.holds(known.found, List.of(schema, table))
                        && (!schema.equalsIgnoreCase(DEFAULT_SCHEMA)
                                || discovery.holds(known.found, List.of(table)))
                ? known
                : look();
    }

    private Look look() {
        Look look = new Look(discovery.locations(root), new ConcurrentHashMap<>());
        last = look;
        return look;
    }

    private static Map<String, Table> tablesByName(
            Collection<LakeLocation> locations, String schema) {
        Map<String, Table> tables = new TreeMap<>();
        for (LakeLocation location : locations) {
            switch (location) {
                case Table table -> {
                    if (schema.equalsIgnoreCase(DEFAULT_SCHEMA)) {
                        tables.putIfAbsent(table.name(), table);
                    }
                }
                case SchemaFolder folder -> {
                    if (folder.name().equalsIgnoreCase(schema)) {
                        folder.tables().forEach(t -> tables.putIfAbsent(t.name(), t));
                    }
                }
            }
        }
        return tables;
    }
}
