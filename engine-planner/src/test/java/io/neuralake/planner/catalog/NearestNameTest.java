package io.neuralake.planner.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class NearestNameTest {
    @Test
    void findsNamesWithFewEdits() {
        List<String> names = List.of("l_orderkey", "l_shipdate", "l_tax");
        assertThat(NearestName.of("l_shipdat", names)).contains("l_shipdate");
        assertThat(NearestName.of("L_ORDREKEY", names)).contains("l_orderkey");
        assertThat(NearestName.of("l_tx", names)).contains("l_tax");
    }

    @Test
    void farNamesAreNoHint() {
        assertThat(NearestName.of("xyz", List.of("l_tax", "abc"))).isEmpty();
        assertThat(NearestName.hint("xyz", List.of())).isEmpty();
    }

    @Test
    void aNameIsNoHintForItself() {
        assertThat(NearestName.hint("a_name", List.of("A_NAME"))).isEmpty();
    }
}
