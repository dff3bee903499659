package io.neuralake.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.spi.expression.ScanPredicate;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.stream.Collectors;

/// What scans are told, in the Java form of the column's type.
class ScanPushDownTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            textBlock =
                    """
                    l_quantity < 24                               | lineitem.4 LESS 24.00
                    l_quantity < 24.005                           | lineitem.4 LESS_OR_EQUAL 24.00
                    l_quantity > 24.005                           | lineitem.4 GREATER 24.00
                    l_quantity = 24.005                           | none
                    24 >= l_quantity                              | lineitem.4 LESS_OR_EQUAL 24.00
                    l_shipdate >= date '1994-01-01'               | lineitem.10 GREATER_OR_EQUAL 8766
                    l_shipdate < date '1994-01-01' + interval '1' year | lineitem.10 LESS 9131
                    l_shipdate >= timestamp '1994-01-01 12:00:00' | lineitem.10 GREATER 8766
                    l_linenumber in (1, 2)                        | lineitem.3 IN [1, 2]
                    l_shipmode = 'AIR' or l_shipmode = 'RAIL'     | lineitem.14 IN [AIR, RAIL]
                    l_comment like 'abc%'                         | lineitem.15 PREFIX abc
                    l_comment like 'abc'                          | lineitem.15 EQUAL abc
                    l_comment like '%abc'                         | none
                    l_comment like 'a_c%'                         | lineitem.15 PREFIX a
                    l_linenumber = 1 or l_quantity > 5            | (lineitem.4 GREATER 5.00 or lineitem.3 EQUAL 1)
                    l_linenumber = 1 or l_quantity > l_tax        | none
                    l_linenumber <> 3                             | lineitem.3 NOT_EQUAL 3
                    l_linenumber + 1 = 3                          | none
                    cast(l_linenumber as bigint) = 3              | lineitem.3 EQUAL 3
                    """)
    void tells(String condition, String expected) {
        PhysicalPlan plan = TestPlanner.plan("select l_orderkey from lineitem where " + condition);
        assertThat(
                        scan(plan).request().predicates().stream()
                                .map(p -> text(p, "lineitem"))
                                .toList())
                .isEqualTo(expected == null ? List.of() : List.of(expected));
        assertThat(scan(plan).filters()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    b is null         | n.1 NULL true
                    b is not null     | n.1 NULL false
                    d = 1             | n.3 EQUAL 1.0
                    """)
    void tellsOfNullable(String condition, String expected) {
        PhysicalPlan plan = TestPlanner.plan("select a from n where " + condition);
        assertThat(scan(plan).request().predicates().stream().map(p -> text(p, "n")).toList())
                .containsExactly(expected);
    }

    private static PhysicalPlan.TableScan scan(PhysicalPlan plan) {
        return plan instanceof PhysicalPlan.TableScan scan ? scan : scan(plan.inputs().getFirst());
    }

    private static String text(ScanPredicate predicate, String table) {
        return switch (predicate) {
            case ScanPredicate.Comparison c ->
                    table + "." + c.column().ordinal() + " " + c.operator() + " " + c.value();
            case ScanPredicate.In in -> table + "." + in.column().ordinal() + " IN " + in.values();
            case ScanPredicate.NullTest n ->
                    table + "." + n.column().ordinal() + " NULL " + n.isNull();
            case ScanPredicate.Prefix p ->
                    table + "." + p.column().ordinal() + " PREFIX " + p.prefix();
            case ScanPredicate.And and -> joined(and.parts(), " and ", table);
            case ScanPredicate.Or or -> joined(or.parts(), " or ", table);
        };
    }

    private static String joined(List<ScanPredicate> parts, String word, String table) {
        return parts.stream().map(p -> text(p, table)).collect(Collectors.joining(word, "(", ")"));
    }
}
