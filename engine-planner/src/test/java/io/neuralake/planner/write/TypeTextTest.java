package io.neuralake.planner.write;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Spellings of nested types.
class TypeTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "INTEGER ; INTEGER",
                "DECIMAL(10, 2) ; DECIMAL ( 10 , 2 )",
                "TIMESTAMP WITH TIME ZONE ; TIMESTAMP WITH TIME ZONE",
                "INT[][] ; INT ARRAY ARRAY",
                "ARRAY<STRING> ; STRING ARRAY",
                "STRUCT<a: INT, \"b c\": ARRAY<DECIMAL(3,1)>> ; ROW(a INT, \"b c\" DECIMAL ( 3 , 1"
                        + " ) ARRAY)",
                "STRUCT(a INT)[] ; ROW(a INT) ARRAY",
                "MAP(VARCHAR, STRUCT(x INT)) ; MAP<VARCHAR, ROW(x INT)>",
                "ROW(a INT) ARRAY ; ROW(a INT) ARRAY",
            })
    void isStandard(String typed, String standard) {
        assertThat(TypeText.standard(typed)).isEqualTo(standard);
    }
}
