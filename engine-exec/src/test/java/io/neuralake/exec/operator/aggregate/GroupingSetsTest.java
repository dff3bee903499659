package io.neuralake.exec.operator.aggregate;

import static io.neuralake.exec.operator.aggregate.AggregationCase.filtered;
import static io.neuralake.exec.operator.aggregate.AggregationCase.plain;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.operator.OperatorDriver.Form;
import io.neuralake.exec.operator.aggregate.AggregationCase.Configuration;
import io.neuralake.exec.operator.aggregate.GroupingSets.Derived;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Sets that are made of the groups of others.
class GroupingSetsTest {
    private static final List<List<Integer>> ROLLUP =
            List.of(List.of(0, 1, 2), List.of(0, 1), List.of(0), List.of());
    private static final List<List<Integer>> CUBE =
            List.of(
                    List.of(0, 1),
                    List.of(),
                    List.of(1),
                    List.of(0),
                    List.of(2, 1, 0),
                    List.of(2),
                    List.of(0, 2),
                    List.of(2, 1),
                    List.of(1));

    private static List<String> derived(GroupingSets sets, int set) {
        return sets.derivedFrom(set).stream()
                .map(target -> target.set() + " by " + Arrays.toString(target.keys()))
                .toList();
    }

    @Test
    void aRollupIsDerivedStepByStep() {
        GroupingSets sets = GroupingSets.deriving(ROLLUP);
        assertThat(sets.order()).containsExactly(0, 1, 2, 3);
        assertThat(sets.isRead(0)).isTrue();
        assertThat(List.of(sets.isRead(1), sets.isRead(2), sets.isRead(3))).containsOnly(false);
        assertThat(derived(sets, 0)).containsExactly("1 by [0, 1]");
        assertThat(derived(sets, 1)).containsExactly("2 by [0]");
        assertThat(derived(sets, 2)).containsExactly("3 by []");
        assertThat(derived(sets, 3)).isEmpty();
    }

    @Test
    void setsAreDerivedFromTheSmallestThatHasTheirKeys() {
        GroupingSets sets = GroupingSets.deriving(CUBE);
        assertThat(sets.order()[0]).isEqualTo(4);
        assertThat(sets.isRead(4)).isTrue();
        assertThat(derived(sets, 4)).containsExactly("0 by [2, 1]", "6 by [2, 0]", "7 by [0, 1]");
        assertThat(derived(sets, 7)).containsExactly("2 by [1]", "5 by [0]");
        assertThat(derived(sets, 2)).as("the same set again").containsExactly("8 by [0]");
        assertThat(derived(sets, 8)).containsExactly("1 by []");
    }

    @Test
    void setsWithoutASupersetAreReadFromRows() {
        GroupingSets sets = GroupingSets.deriving(List.of(List.of(0), List.of(1), List.of(2)));
        for (int set = 0; set < 3; set++) {
            assertThat(sets.isRead(set)).isTrue();
            assertThat(sets.derivedFrom(set)).isEmpty();
        }
    }

    @Test
    void nothingIsDerivedWhenStatesDoNotAllow() {
        GroupingSets sets = GroupingSets.reading(ROLLUP);
        for (int set = 0; set < ROLLUP.size(); set++) {
            assertThat(sets.isRead(set)).isTrue();
            assertThat(sets.derivedFrom(set)).extracting(Derived::set).isEmpty();
        }
    }

    private static AggregationCase aggregation(List<Type> keys, List<List<Integer>> sets) {
        DecimalType wide = new DecimalType(30, 2);
        AggregationCase made =
                new AggregationCase(
                                keys.get(0),
                                keys.get(1),
                                keys.get(2),
                                ScalarType.BIGINT,
                                ScalarType.VARCHAR,
                                wide,
                                ScalarType.BOOLEAN)
                        .by(0, 1, 2)
                        .sets(sets)
                        .call("count", ScalarType.BIGINT)
                        .call("grouping", ScalarType.BIGINT, 0, 1, 2)
                        .call("count", ScalarType.BIGINT, 3)
                        .call("sum", ScalarType.BIGINT, 3)
                        .call("avg", ScalarType.DOUBLE, 3)
                        .call("min", ScalarType.VARCHAR, 4)
                        .call("max", ScalarType.VARCHAR, 4)
                        .call("max", wide, 5)
                        .call(filtered(plain("sum", ScalarType.BIGINT, 3), 6));
        Random random = new Random(11);
        for (int i = 0; i < 400; i++) {
            made.row(
                    random.nextInt(8) == 0 ? null : key(keys.get(0), random.nextInt(5)),
                    random.nextInt(8) == 0 ? null : key(keys.get(1), random.nextInt(5)),
                    random.nextInt(8) == 0 ? null : key(keys.get(2), random.nextInt(20)),
                    random.nextInt(8) == 0 ? null : (long) random.nextInt(100),
                    random.nextInt(8) == 0 ? null : "a text of some length " + i,
                    BigDecimal.valueOf(random.nextLong(), 2),
                    random.nextInt(3) == 0 ? null : random.nextBoolean());
        }
        return made;
    }

    private static Object key(Type type, int i) {
        return HashAggregationTest.value(type, i);
    }

    private static List<String> run(AggregationCase made, Configuration configuration) {
        List<String> rows = new ArrayList<>();
        for (List<@Nullable Object> row : made.run(configuration)) {
            rows.add(
                    row.stream()
                            .map(v -> v instanceof byte[] bytes ? Arrays.toString(bytes) : v)
                            .toList()
                            .toString());
        }
        return rows;
    }

    static List<List<Type>> keys() {
        List<Type> types = HashAggregationTest.keyTypes().toList();
        List<List<Type>> keys = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            keys.add(
                    List.of(
                            types.get(i),
                            types.get((i + 1) % types.size()),
                            types.get((i + 3) % types.size())));
        }
        keys.add(List.of(ScalarType.VARCHAR, ScalarType.VARCHAR, ScalarType.INTEGER));
        return keys;
    }

    @ParameterizedTest
    @MethodSource("keys")
    void allSetsGiveWhatEachGivesAlone(List<Type> keys) {
        Configuration alone = new Configuration(1, 2048, Form.FLAT);
        for (List<List<Integer>> sets : List.of(ROLLUP, CUBE)) {
            List<String> expected = new ArrayList<>();
            for (List<Integer> set : sets) {
                expected.addAll(run(aggregation(keys, List.of(set)), alone));
            }
            HashAggregationTest.configurations()
                    .forEach(
                            configuration ->
                                    assertThat(run(aggregation(keys, sets), configuration))
                                            .as("%s %s", sets, configuration)
                                            .containsExactlyInAnyOrderElementsOf(expected));
        }
    }

    @Test
    void noRowsAreOneGroupOfTheEmptySet() {
        AggregationCase none =
                aggregation(
                        List.of(ScalarType.BIGINT, ScalarType.BIGINT, ScalarType.BIGINT), ROLLUP);
        none.rows.clear();
        assertThat(run(none, new Configuration(2, 7, Form.FLAT)))
                .containsExactly("[null, null, null, 0, 7, 0, null, null, null, null, null, null]");
    }
}
