package io.neuralake.connector.parquet.write;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type.Repetition;
import org.junit.jupiter.api.Test;

import java.util.Random;

/// Bounds of floating-point numbers are those that parquet-java finds a value at a time.
class FloatStatisticsTest {
    private static final double[] SPECIAL = {
        Double.NaN,
        -0.0,
        0.0,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Float.MIN_VALUE,
        Float.MAX_VALUE,
        -1
    };

    private static void boundsAgree(PrimitiveTypeName type, double[] numbers) {
        PrimitiveType column = new PrimitiveType(Repetition.REQUIRED, type, "x");
        LongValues values = new LongValues();
        values.values = new long[numbers.length];
        values.count = numbers.length;
        Statistics<?> expected = Statistics.createStats(column);
        for (int i = 0; i < numbers.length; i++) {
            if (type == PrimitiveTypeName.FLOAT) {
                values.values[i] = Float.floatToRawIntBits((float) numbers[i]);
                expected.updateStats((float) numbers[i]);
            } else {
                values.values[i] = Double.doubleToRawLongBits(numbers[i]);
                expected.updateStats(numbers[i]);
            }
        }
        LeafBuffer leaf =
                new LeafBuffer(new ColumnDescriptor(new String[] {"x"}, column, 0, 0), values);
        Statistics<?> found = Statistics.createStats(column);
        new LongEncoder(leaf, null).note(values, 0, numbers.length, found);
        assertThat(found).as("%s of %s", type, numbers).isEqualTo(expected);
        assertThat(found.toString()).isEqualTo(expected.toString());
    }

    @Test
    void boundsAreThoseOfEachValue() {
        Random random = new Random(5);
        for (PrimitiveTypeName type :
                new PrimitiveTypeName[] {PrimitiveTypeName.FLOAT, PrimitiveTypeName.DOUBLE}) {
            boundsAgree(type, new double[] {});
            for (double special : SPECIAL) {
                boundsAgree(type, new double[] {special});
                boundsAgree(type, new double[] {special, special});
            }
            for (int round = 0; round < 200; round++) {
                double[] numbers = new double[1 + random.nextInt(6)];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] =
                            random.nextInt(3) == 0
                                    ? random.nextGaussian()
                                    : SPECIAL[random.nextInt(SPECIAL.length)];
                }
                boundsAgree(type, numbers);
            }
        }
    }
}
