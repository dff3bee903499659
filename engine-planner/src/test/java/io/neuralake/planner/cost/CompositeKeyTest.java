package io.neuralake.planner.cost;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CompositeKeyTest {
    private static CompositeKey side(double values, boolean isUnique, double excess) {
        return new CompositeKey(values, isUnique, excess);
    }

    private static double joined(CompositeKey a, CompositeKey b) {
        assertThat(a.joined(b)).isEqualTo(b.joined(a));
        return a.joined(b);
    }

    @Test
    void theUniqueSideIsReferredTo() {
        assertThat(joined(side(5000, true, 1), side(100, false, 2))).isEqualTo(5000);
        assertThat(joined(side(5000, true, 1), side(100, true, 1))).isEqualTo(5000);
    }

    @Test
    void theSideWithMoreValuesIsReferredTo() {
        assertThat(joined(side(5000, false, 1.5), side(100, false, 1))).isEqualTo(5000);
        assertThat(joined(side(5000, false, 1), side(100, false, 1.5))).isEqualTo(100);
    }

    @Test
    void elseTheSmallerSideIs() {
        assertThat(joined(side(5000, false, 1.05), side(100, false, 1.1))).isEqualTo(100);
        assertThat(joined(side(5000, false, 3), side(100, false, 2))).isEqualTo(100);
    }
}
