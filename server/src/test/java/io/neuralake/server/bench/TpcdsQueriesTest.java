package io.neuralake.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

class TpcdsQueriesTest {
    @Test
    void everyTemplateIsFilled() {
        List<BenchQuery> queries = new ArrayList<>();
        for (int number = 1; number <= TpcdsQueries.COUNT; number++) {
            queries.addAll(TpcdsQueries.query(number));
        }
        assertThat(queries).hasSize(103);
        assertThat(queries)
                .allSatisfy(
                        query ->
                                assertThat(query.sql().toLowerCase(Locale.ROOT))
                                        .as(query.name())
                                        .matches("(?s)(select|with)\\s.*")
                                        .doesNotContain("[", "]", ";", "--", "/*", "define"));
    }

    @Test
    void fourQueriesHaveTwoParts() {
        for (int number : List.of(14, 23, 24, 39)) {
            assertThat(TpcdsQueries.query(number))
                    .extracting(BenchQuery::name)
                    .containsExactly("Q" + number + "a", "Q" + number + "b");
        }
        assertThat(TpcdsQueries.query(15)).extracting(BenchQuery::name).containsExactly("Q15");
    }

    @Test
    void parametersHaveTheQualificationValues() {
        BenchQuery query = TpcdsQueries.query(7).getFirst();
        assertThat(query.sql())
                .contains("cd_gender = 'M'", "cd_education_status = 'College'", "d_year = 2000")
                .endsWith("LIMIT 100");
        assertThat(query.orderColumns()).containsExactly(0);
        // Lists number their parts from 1, and a part may be asked for more than once.
        assertThat(TpcdsQueries.query(12).getFirst().sql()).contains("('Sports', 'Books', 'Home')");
    }

    @Test
    void daysAreIntervals() {
        assertThat(TpcdsQueries.query(5).getFirst().sql())
                .contains("(cast('2000-08-23' as date) +  INTERVAL '14' DAY)");
        // A column's name keeps its days.
        assertThat(TpcdsQueries.query(62).getFirst().sql()).contains("\"31-60 days\"");
    }

    @Test
    void slipsOfTheTemplatesAreCorrected() {
        assertThat(TpcdsQueries.query(48).getFirst().sql())
                .containsSubsequence("'M'", "'4 yr Degree'", "'D'", "'2 yr Degree'", "'S'");
        assertThat(TpcdsQueries.query(78).getFirst().sql()).contains("cs_item_sk=ss_item_sk");
        assertThat(TpcdsQueries.query(30).getFirst().sql()).contains("c_last_review_date_sk");
    }
}
