package io.neuralake.planner.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Quotes of two dialects.
class SparkExpressionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"a b\" > 'x'|`a b` > 'x'",
                "a = 'it''s'|a = 'it\\'s'",
                "a = 'c:\\d'|a = 'c:\\\\d'",
                "\"`\" is null|```` is null",
            })
    void bothWays(String ours, String spark) {
        assertThat(SparkExpression.toSpark(ours)).isEqualTo(spark);
        assertThat(SparkExpression.toOurs(spark)).isEqualTo(ours);
    }

    @Test
    void readsTextsInDoubleQuotes() {
        assertThat(SparkExpression.toOurs("a = \"it's\"")).isEqualTo("a = 'it''s'");
        assertThat(SparkExpression.toOurs("a = '\\n'")).isEqualTo("a = '\n'");
    }

    @Test
    void refusesWhatItCannotParse() {
        assertThatThrownBy(() -> SparkExpression.parse("transform(a, x -> x + "))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                .hasMessageContaining("transform");
    }
}
