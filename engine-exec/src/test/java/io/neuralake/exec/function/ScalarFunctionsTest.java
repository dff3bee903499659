package io.neuralake.exec.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;

import org.junit.jupiter.api.Test;

import java.util.List;

class ScalarFunctionsTest {
    @Test
    void findsByNameAndAliasIgnoringCase() {
        assertThat(ScalarFunctions.find("SUBSTR").orElseThrow().name()).isEqualTo("substring");
        assertThat(ScalarFunctions.find("no_such_function")).isEmpty();
        assertThat(ScalarFunctions.all()).extracting(ScalarSignature::name).doesNotHaveDuplicates();
    }

    @Test
    void derivesDecimalTypes() {
        assertThat(
                        ScalarFunctions.find("multiply")
                                .orElseThrow()
                                .resultType(
                                        List.of(new DecimalType(15, 2), new DecimalType(16, 2))))
                .isEqualTo(new DecimalType(31, 4));
    }

    @Test
    void refusesWrongTypes() {
        ScalarSignature sqrt = ScalarFunctions.find("sqrt").orElseThrow();
        assertThat(sqrt.accepts(List.of(ScalarType.BIGINT))).isTrue();
        assertThatThrownBy(() -> sqrt.resultType(List.of(ScalarType.DATE)))
                .isInstanceOf(NeuralakeException.class)
                .hasMessageContaining("sqrt: DATE");
    }
}
