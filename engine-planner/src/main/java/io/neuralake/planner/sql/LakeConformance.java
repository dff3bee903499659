package io.neuralake.planner.sql;

import org.apache.calcite.sql.validate.SqlConformance;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.sql.validate.SqlDelegatingConformance;

/// Says what the dialect allows: all that Calcite can, but columns outside of GROUP BY must be
/// aggregated.
final class LakeConformance extends SqlDelegatingConformance {
    static final SqlConformance INSTANCE = new LakeConformance();

    private LakeConformance() {
        super(SqlConformanceEnum.BABEL);
    }

    @Override
    public boolean isNonStrictGroupBy() {
        return false;
    }

    @Override
    public boolean isColonFieldAccessAllowed() {
        return false;
    }

    /// A column may name one to its left.
    @Override
    public SelectAliasLookup isSelectAlias() {
        return SelectAliasLookup.LEFT_TO_RIGHT;
    }

    @Override
    public boolean allowAliasUnnestItems() {
        return false;
    }
}
