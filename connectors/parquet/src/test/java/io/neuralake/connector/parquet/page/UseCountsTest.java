package io.neuralake.connector.parquet.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UseCountsTest {
    @Test
    void countsUpToItsHighest() {
        UseCounts uses = new UseCounts(1000);
        for (int i = 1; i <= UseCounts.MAX + 5; i++) {
            uses.add(4711);
            assertThat(uses.of(4711)).isEqualTo(Math.min(i, UseCounts.MAX));
        }
        assertThat(uses.of(4712)).isZero();
    }

    @Test
    void mostKeysAreToldApart() {
        UseCounts uses = new UseCounts(10_000);
        for (int key = 0; key < 10_000; key++) {
            for (int i = 0; i < key % 5; i++) {
                uses.add(key * 31);
            }
        }
        int wrong = 0;
        for (int key = 0; key < 10_000; key++) {
            int count = uses.of(key * 31);
            assertThat(count).isGreaterThanOrEqualTo(key % 5);
            wrong += count == key % 5 ? 0 : 1;
        }
        assertThat(wrong).isLessThan(1000);
    }

    @Test
    void forgetsWhatIsNotUsedAnyMore() {
        UseCounts uses = new UseCounts(100);
        for (int i = 0; i < UseCounts.MAX; i++) {
            uses.add(-1);
        }
        for (int i = 0; i < 100_000; i++) {
            uses.add(i % 200);
        }
        assertThat(uses.of(-1)).isLessThan(uses.of(7));
    }
}
