package io.neuralake.planner.rel;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.metadata.BuiltInMetadata;
import org.apache.calcite.rel.metadata.JaninoRelMetadataProvider;
import org.apache.calcite.rel.metadata.MetadataHandler;
import org.apache.calcite.rel.metadata.MetadataHandlerProvider;
import org.apache.calcite.rel.metadata.RelMetadataQuery;

import java.lang.reflect.Proxy;
import java.util.List;

/// Calcite's metadata, made when somebody asks for it. Calcite makes a metadata query for every
/// statement and a proxy class for each of its handlers, although nothing here asks them: that alone
/// is a tenth of the time of a first statement. One proxy stands for all handlers here; the first
/// question to one of them makes the real one.
public final class LazyMetadataQuery extends RelMetadataQuery {
    private static final List<Class<?>> HANDLERS =
            List.of(
                    BuiltInMetadata.AllPredicates.Handler.class,
                    BuiltInMetadata.Collation.Handler.class,
                    BuiltInMetadata.ColumnOrigin.Handler.class,
                    BuiltInMetadata.ColumnUniqueness.Handler.class,
                    BuiltInMetadata.CumulativeCost.Handler.class,
                    BuiltInMetadata.DistinctRowCount.Handler.class,
                    BuiltInMetadata.Distribution.Handler.class,
                    BuiltInMetadata.ExplainVisibility.Handler.class,
                    BuiltInMetadata.ExpressionLineage.Handler.class,
                    BuiltInMetadata.FunctionalDependency.Handler.class,
                    BuiltInMetadata.InputFieldsUsed.Handler.class,
                    BuiltInMetadata.LowerBoundCost.Handler.class,
                    BuiltInMetadata.MaxRowCount.Handler.class,
                    BuiltInMetadata.Measure.Handler.class,
                    BuiltInMetadata.Memory.Handler.class,
                    BuiltInMetadata.MinRowCount.Handler.class,
                    BuiltInMetadata.NodeTypes.Handler.class,
                    BuiltInMetadata.NonCumulativeCost.Handler.class,
                    BuiltInMetadata.Parallelism.Handler.class,
                    BuiltInMetadata.PercentageOriginalRows.Handler.class,
                    BuiltInMetadata.PopulationSize.Handler.class,
                    BuiltInMetadata.Predicates.Handler.class,
                    BuiltInMetadata.RowCount.Handler.class,
                    BuiltInMetadata.Selectivity.Handler.class,
                    BuiltInMetadata.Size.Handler.class,
                    BuiltInMetadata.TableReferences.Handler.class,
                    BuiltInMetadata.UniqueKeys.Handler.class);

    private static final MetadataHandler<?> UNMADE =
            (MetadataHandler<?>)
                    Proxy.newProxyInstance(
                            LazyMetadataQuery.class.getClassLoader(),
                            HANDLERS.toArray(Class<?>[]::new),
                            (_, _, arguments) -> {
                                RelNode rel = (RelNode) arguments[0];
                                throw new MetadataHandlerProvider.NoHandler(rel.getClass());
                            });

    private static final MetadataHandlerProvider PROVIDER =
            new MetadataHandlerProvider() {
                @Override
                public <H extends MetadataHandler<?>> H handler(Class<H> handlerClass) {
                    return handlerClass.cast(UNMADE);
                }

                @Override
                public <H extends MetadataHandler<?>> H revise(Class<H> handlerClass) {
                    return JaninoRelMetadataProvider.DEFAULT.revise(handlerClass);
                }
            };

    /// Makes a query, for one planning of one statement.
    public LazyMetadataQuery() {
        super(PROVIDER);
    }
}
