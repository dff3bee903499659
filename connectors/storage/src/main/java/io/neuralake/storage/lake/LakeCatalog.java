package io.neuralake.storage.lake;

import io.neuralake.spi.catalog.Catalog;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableFormat;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.ObjectStore;
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
public final class LakeCatalog implements Catalog {
    /// The schema of tables that lie directly in the lake.
    public static final String DEFAULT_SCHEMA = "main";

    private final String name;
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
        this.root = root;
        this.discovery = new LakeDiscovery(store);
        formats.forEach(f -> this.formats.put(f.name(), f));
        if (store.entry(root).filter(e -> e.folder()).isEmpty()) {
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
        Map<String, Table> tables = around(schema, table).tables(schema);
        Table found = tables.get(table);
        if (found == null) {
            found =
                    tables.values().stream()
                            .filter(t -> t.name().equalsIgnoreCase(table))
                            .findFirst()
                            .orElse(null);
        }
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
