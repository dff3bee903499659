package io.neuralake.planner.write;

import io.neuralake.planner.SqlSession;
import io.neuralake.planner.catalog.StatementTables;
import io.neuralake.spi.change.RowAddress;
import io.neuralake.spi.type.Schema;

import org.apache.calcite.sql.SqlNode;

import java.util.List;
import java.util.function.Supplier;

/// What one compilation of a statement that changes a table goes by.
///
/// @param sql the statement's text
record Scope(
        Planning planning, SqlSession session, StatementTables tables, Target target, String sql) {
    /// Key of the target with addresses among the statement's tables.
    static final String ADDRESSED = "target with addresses";

    SqlNode addressed(String alias) {
        return Syntax.as(Syntax.adHoc(ADDRESSED), alias);
    }

    /// Returns the columns that tell where a row of the target lies.
    List<String> address() {
        Schema schema = tables.adHoc(ADDRESSED).orElseThrow().snapshot().schema();
        return schema.fields().contains(RowAddress.ID)
                ? List.of(ChangeQuery.FILE, ChangeQuery.ROW, ChangeQuery.ID)
                : List.of(ChangeQuery.FILE, ChangeQuery.ROW);
    }

    Schema columns(Supplier<SqlNode> query) {
        return planning.columns(query, sql, tables, session);
    }
}
