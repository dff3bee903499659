package io.neuralake.planner;

import io.neuralake.planner.catalog.MemoryTable;
import io.neuralake.spi.catalog.Catalog;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import java.util.List;
import java.util.Optional;

/// Queries that touch most of the planner.
final class WarmUp {
    private static final Schema SCHEMA =
            Schema.of(
                    Field.of("id", ScalarType.BIGINT),
                    Field.of("kind", ScalarType.INTEGER),
                    Field.of("name", ScalarType.VARCHAR),
                    Field.of("price", new DecimalType(15, 2)),
                    Field.of("day_of", ScalarType.DATE),
                    Field.of("ratio", ScalarType.DOUBLE));

    static final Catalog CATALOG =
            new Catalog() {
                @Override
                public String name() {
                    return "warm";
                }

                @Override
                public List<String> schemas() {
                    return List.of("main");
                }

                @Override
                public List<String> tables(String schema) {
                    return List.of("a", "b", "c");
                }

                @Override
                public Optional<TableSnapshot> table(String schema, String table) {
                    return tables(schema).contains(table)
                            ? Optional.of(
                                    new MemoryTable(
                                            new QualifiedName("warm", "main", table),
                                            SCHEMA,
                                            List.of()))
                            : Optional.empty();
                }
            };

    static final List<String> QUERIES =
            List.of(
                    "select 1",
                    "select * from a where name = 'x' limit 10",
                    "select a.kind, sum(a.price * (1 - b.price)) as total, count(*), avg(c.ratio)"
                            + " from a, b, c where a.id = b.id and b.kind = c.kind"
                            + " and a.day_of >= date '1994-01-01'"
                            + " and a.day_of < date '1994-01-01' + interval '1' year"
                            + " and b.name like '%x%' and c.kind in (1, 2, 3)"
                            + " group by a.kind having sum(a.price) > 10"
                            + " order by total desc, a.kind limit 10",
                    "select name, case when kind = 1 then 'a' else upper(name) end from a"
                            + " where exists (select 1 from b where b.id = a.id)"
                            + " and kind > (select avg(kind) from c where c.id = a.id)"
                            + " and id not in (select id from c)",
                    "with t as (select id, row_number() over (partition by kind order by id) r from"
                            + " a) select * from t left join b on t.id = b.id where r = 1 union all"
                            + " select * from t left join c on t.id = c.id",
                    "select distinct extract(year from day_of), cast(price as double), name || 'x'"
                            + " from a where id = ? order by 1");

    private WarmUp() {}
}
