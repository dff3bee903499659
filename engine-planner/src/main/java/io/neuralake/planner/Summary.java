package io.neuralake.planner;

import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import java.util.ArrayList;
import java.util.List;

/// Writes the query behind SUMMARIZE: all aggregates in one pass, then a row a column.
final class Summary {
    private Summary() {}

    /// Returns the query.
    ///
    /// @param source the query to summarize
    /// @param schema its columns
    static String sql(String source, Schema schema) {
        List<String> names = new ArrayList<>();
        List<String> aggregates = new ArrayList<>();
        List<String> rows = new ArrayList<>();
        aggregates.add("count(*) as n");
        for (int i = 0; i < schema.size(); i++) {
            Field field = schema.field(i);
            names.add("c" + i);
            column(i, field.type(), aggregates);
            rows.add(row(i, field));
        }
        return "with source("
                + String.join(", ", names)
                + ") as ("
                + source
                + "\n), totals as (select "
                + String.join(", ", aggregates)
                + " from source) select column_name, column_type, \"min\", \"max\", approx_unique,"
                + " \"avg\", std, q25, q50, q75, \"count\", null_percentage from ("
                + String.join(" union all ", rows)
                + ") order by place";
    }

    private static void column(int i, Type type, List<String> aggregates) {
        String column = "c" + i;
        aggregates.add("count(" + column + ") as n" + i);
        if (isOrdered(type)) {
            aggregates.add("min(" + column + ") as min" + i);
            aggregates.add("max(" + column + ") as max" + i);
            aggregates.add("approx_count_distinct(" + column + ") as unique" + i);
        }
        if (isNumeric(type)) {
            aggregates.add("avg(" + column + ") as avg" + i);
            aggregates.add("stddev_samp(" + column + ") as std" + i);
            aggregates.add("approx_quantile(" + column + ", 0.25) as q25" + i);
            aggregates.add("approx_quantile(" + column + ", 0.5) as q50" + i);
            aggregates.add("approx_quantile(" + column + ", 0.75) as q75" + i);
        }
    }

    private static String row(int i, Field field) {
        Type type = field.type();
        boolean ordered = isOrdered(type);
        boolean numeric = isNumeric(type);
        return "select "
                + i
                + " as place, "
                + text(field.name())
                + " as column_name, "
                + text(type.sql())
                + " as column_type, "
                + (ordered ? "cast(min" + i + " as varchar)" : "cast(null as varchar)")
                + " as \"min\", "
                + (ordered ? "cast(max" + i + " as varchar)" : "cast(null as varchar)")
                + " as \"max\", "
                + (ordered ? "unique" + i : "cast(null as bigint)")
                + " as approx_unique, "
                + number(numeric, "avg" + i)
                + " as \"avg\", "
                + number(numeric, "std" + i)
                + " as std, "
                + number(numeric, "q25" + i)
                + " as q25, "
                + number(numeric, "q50" + i)
                + " as q50, "
                + number(numeric, "q75" + i)
                + " as q75, n as \"count\", case when n = 0 then null else"
                + " cast(n - n"
                + i
                + " as double) * 100 / n end as null_percentage from totals";
    }

    private static String number(boolean numeric, String name) {
        return numeric ? "cast(" + name + " as double)" : "cast(null as double)";
    }

    private static String text(String value) {
        return "cast('" + value.replace("'", "''") + "' as varchar)";
    }

    private static boolean isNumeric(Type type) {
        return switch (type) {
            case DecimalType _ -> true;
            case ScalarType s ->
                    switch (s) {
                        case TINYINT, SMALLINT, INTEGER, BIGINT, REAL, DOUBLE -> true;
                        default -> false;
                    };
            default -> false;
        };
    }

    private static boolean isOrdered(Type type) {
        return type instanceof DecimalType
                || type instanceof ScalarType s
                        && s != ScalarType.NULL
                        && s != ScalarType.VARBINARY;
    }
}
