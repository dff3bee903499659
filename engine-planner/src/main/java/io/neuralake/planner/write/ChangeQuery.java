package io.neuralake.planner.write;

import io.neuralake.spi.change.TableAlteration;

import org.apache.calcite.sql.SqlNode;

import java.util.List;
import java.util.function.Supplier;

/// The query whose rows make up a change. Its columns are, as far as there are: [#FILE], [#ROW] and
/// [#ID], [#KEEP], those of the table, [#VIOLATION].
///
/// @param tree makes the syntax tree, anew each time
/// @param alterations changes of the definition that come before the rows
record ChangeQuery(
        Supplier<SqlNode> tree,
        Shape shape,
        List<Violation> violations,
        List<TableAlteration> alterations) {
    /// Address of the row that goes.
    static final String FILE = io.neuralake.spi.change.RowAddress.FILE.name();

    /// Address of the row that goes.
    static final String ROW = io.neuralake.spi.change.RowAddress.ROW.name();

    /// What identifies the row that goes, in tables that keep that.
    static final String ID = io.neuralake.spi.change.RowAddress.ID.name();

    /// Whether a new row comes.
    static final String KEEP = "$keep";

    /// Number of the rule that the new row breaks; null for none.
    static final String VIOLATION = "$violation";

    ChangeQuery {
        violations = List.copyOf(violations);
        alterations = List.copyOf(alterations);
    }

    /// Where things are in a row.
    ///
    /// @param addresses number of columns of the address that rows begin with; 0 for none
    /// @param kept whether [#KEEP] follows
    /// @param columns number of columns of new rows; 0 if there are none
    /// @param unique whether two rows with one address are an error, rather than one row to delete
    record Shape(int addresses, boolean kept, int columns, boolean unique) {
        int first() {
            return addresses + (kept ? 1 : 0);
        }
    }
}
