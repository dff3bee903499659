package io.neuralake.planner.write;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.planner.SqlSession;
import io.neuralake.planner.catalog.StatementTables;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.spi.catalog.Catalog;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.type.Schema;

import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Supplier;

/// What statements that change tables need of the engine.
public interface Planning {
    /// A plan and the types of its parameters.
    record Planned(PhysicalPlan plan, Schema parameters) {}

    /// Returns the catalogs by which names are resolved, in order.
    List<Catalog> catalogs();

    /// Finds a table. Throws TABLE_NOT_FOUND with the nearest name.
    TableSnapshot table(TableName name, StatementTables tables, SqlSession session);

    /// Plans a query.
    ///
    /// @param tree makes the syntax tree, anew each time
    /// @param text where the tree's positions point; null when no user typed it
    Planned plan(
            Supplier<SqlNode> tree,
            @Nullable String text,
            StatementTables tables,
            SqlSession session);

    /// Returns the columns of a query without planning it.
    Schema columns(
            Supplier<SqlNode> tree,
            @Nullable String text,
            StatementTables tables,
            SqlSession session);

    /// Runs a plan with the session's limits. The caller closes the result.
    QueryResult run(Planned planned, List<Literal> values, SqlSession session, boolean profile);

    /// Returns rows of Java values as a result.
    QueryResult rows(
            Schema schema,
            List<? extends List<? extends @Nullable Object>> rows,
            SqlSession session);
}
