package io.neuralake.storage.lake;

import java.util.List;

/// What a child of a lake's folder turned out to be.
sealed interface LakeLocation {
    /// Returns the table's or schema's name.
    String name();

    /// A table.
    ///
    /// @param format name of the table format
    /// @param path the file or folder
    record Table(String name, String format, String path) implements LakeLocation {}

    /// A folder of tables.
    record SchemaFolder(String name, List<Table> tables) implements LakeLocation {
        /// Copies the list.
        public SchemaFolder {
            tables = List.copyOf(tables);
        }
    }
}
