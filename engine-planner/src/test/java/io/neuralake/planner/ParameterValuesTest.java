package io.neuralake.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.List;

class ParameterValuesTest {
    private static final long DAY = 86_400_000_000L;

    private static Object cast(Object value, Type from, Type to) {
        return ParameterValues.cast(
                        List.of(new Literal(value, from)),
                        Schema.of(Field.of("1", to)),
                        ZoneId.of("Europe/Berlin"))
                .getFirst()
                .value();
    }

    @Test
    void numbersWidenRoundAndScale() {
        assertThat(cast(7L, ScalarType.INTEGER, ScalarType.BIGINT)).isEqualTo(7L);
        assertThat(cast(7L, ScalarType.INTEGER, ScalarType.DOUBLE)).isEqualTo(7.0);
        assertThat(cast(2.5, ScalarType.DOUBLE, ScalarType.INTEGER)).isEqualTo(3L);
        assertThat(cast(new BigDecimal("1.005"), new DecimalType(4, 3), new DecimalType(5, 2)))
                .isEqualTo(new BigDecimal("1.01"));
        assertThat(cast("1e2", ScalarType.VARCHAR, new DecimalType(5, 2)))
                .isEqualTo(new BigDecimal("100.00"));
    }

    @Test
    void textBecomesDatesAndTimes() {
        assertThat(cast("1970-01-03", ScalarType.VARCHAR, ScalarType.DATE)).isEqualTo(2L);
        assertThat(cast("1970-01-02 00:00:01", ScalarType.VARCHAR, ScalarType.TIMESTAMP))
                .isEqualTo(DAY + 1_000_000);
        assertThat(cast("1970-01-02T01:00:00+01", ScalarType.VARCHAR, ScalarType.TIMESTAMP_TZ))
                .isEqualTo(DAY);
        assertThat(cast("00:00:01.5", ScalarType.VARCHAR, ScalarType.TIME)).isEqualTo(1_500_000L);
        assertThat(cast("yes", ScalarType.VARCHAR, ScalarType.BOOLEAN)).isEqualTo(true);
    }

    @Test
    void instantsAreReadInTheSessionsZone() {
        assertThat(cast(DAY, ScalarType.TIMESTAMP, ScalarType.TIMESTAMP_TZ))
                .isEqualTo(DAY - 3_600_000_000L);
        assertThat(cast(DAY - 3_600_000_000L, ScalarType.TIMESTAMP_TZ, ScalarType.DATE))
                .isEqualTo(1L);
        assertThat(cast(1L, ScalarType.DATE, ScalarType.TIMESTAMP)).isEqualTo(DAY);
        assertThat(cast(1L, ScalarType.DATE, ScalarType.TIMESTAMP_TZ))
                .isEqualTo(DAY - 3_600_000_000L);
    }

    @Test
    void otherValuesBecomeText() {
        assertThat(cast(7L, ScalarType.BIGINT, ScalarType.VARCHAR)).isEqualTo("7");
        assertThat(cast(0L, ScalarType.DATE, ScalarType.VARCHAR)).isEqualTo("1970-01-01");
        assertThat(cast(new BigDecimal("1.50"), new DecimalType(3, 2), ScalarType.VARCHAR))
                .isEqualTo("1.50");
    }

    @Test
    void listsAreCastByElement() {
        assertThat(
                        cast(
                                List.of(1L, 2L),
                                new ListType(ScalarType.INTEGER),
                                new ListType(ScalarType.DOUBLE)))
                .isEqualTo(List.of(1.0, 2.0));
    }
}
