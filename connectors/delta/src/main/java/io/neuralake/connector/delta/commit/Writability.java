package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.TableState;
import io.neuralake.connector.delta.schema.LogField;
import io.neuralake.connector.delta.schema.LogTypes;
import io.neuralake.connector.delta.schema.SchemaJson;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.util.Set;
import java.util.TreeSet;

/// Tells what a table lets this program do.
final class Writability {
    private Writability() {}

    /// Throws UNSUPPORTED, naming them, if a table asks for what this program does not do.
    static void check(TableState table) {
        int version = table.protocol().minWriterVersion();
        if (version > Features.WRITER_LISTS) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "The table cannot be written: it asks for version " + version + " of writers");
        }
        Set<String> unknown = new TreeSet<>(Features.of(table.protocol()));
        unknown.removeAll(Features.WRITABLE);
        if (!unknown.isEmpty()) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "The table cannot be written: it asks for features that are not supported: "
                            + String.join(", ", unknown));
        }
    }

    /// Throws UNSUPPORTED if no rows can be added.
    static void checkAppend(TableDraft table) {
        if (Features.of(table.protocol()).contains(Features.IDENTITY)
                && LogTypes.any(
                        SchemaJson.parse(table.metadata().schemaString()),
                        field -> field.metadata().containsKey(LogField.IDENTITY_STEP))) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED, "Rows cannot be added to a table with identity columns");
        }
    }

    /// Throws UNSUPPORTED if rows must stay.
    static void checkRemoval(TableDraft table) {
        if (Features.of(table.protocol()).contains(Features.APPEND_ONLY)
                && table.metadata().enabled(TableProperties.APPEND_ONLY)) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Rows can only be added to this table: '"
                            + TableProperties.APPEND_ONLY
                            + "' is 'true'");
        }
    }

    /// Throws UNSUPPORTED if what happens to single rows cannot be written out for who follows the table's changes.
    static void checkFed(TableDraft table) {
        String column = table.metadata().schema().otherForm();
        if (column != null && feedsChanges(table)) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Rows of a table with columns of type variant or void cannot be written to its"
                            + " change data feed: "
                            + column);
        }
    }

    /// Tells whether changed rows have to be written out for who follows the table's changes.
    static boolean feedsChanges(TableDraft table) {
        return Features.of(table.protocol()).contains(Features.CHANGE_DATA_FEED)
                && table.metadata().enabled(TableProperties.CHANGE_DATA_FEED);
    }

    /// Tells whether deleted rows are listed beside their files; else the files are written anew.
    static boolean marksDeletions(TableDraft table) {
        return Features.of(table.protocol()).contains(Features.DELETION_VECTORS)
                && table.metadata().enabled(TableProperties.DELETION_VECTORS);
    }

    /// Tells whether files must have identifiers of their rows.
    static boolean tracksRows(TableDraft table) {
        return Features.of(table.protocol()).contains(Features.ROW_TRACKING)
                && !table.metadata().enabled(TableProperties.ROW_TRACKING_SUSPENDED);
    }
}
