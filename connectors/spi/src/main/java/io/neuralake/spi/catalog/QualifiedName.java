package io.neuralake.spi.catalog;

/// The full name of a table.
public record QualifiedName(String catalog, String schema, String table) {
    @Override
    public String toString() {
        return catalog + "." + schema + "." + table;
    }
}
