package io.neuralake.server.generate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Writes the smaller tables and reads them with DuckDB.
class TpcdsTablesTest {
    private static final Set<String> WRITTEN =
            Set.of("income_band", "item", "reason", "store", "web_returns");

    @TempDir private static Path folder;

    @BeforeAll
    static void write() {
        DataSetWriter.write(
                TpcdsTables.at(0.01).stream()
                        .filter(table -> WRITTEN.contains(table.name()))
                        .toList(),
                folder,
                DataSetWriter.Layout.FILES,
                (_, _, _, _) -> {});
    }

    private static List<List<String>> duckDb(String sql) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql.replace("DATA", folder.toString()))) {
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int c = 1; c <= result.getMetaData().getColumnCount(); c++) {
                    row.add(result.getString(c));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    @Test
    void thereAreTheTablesOfTheSpecification() {
        assertThat(TpcdsTables.at(1))
                .extracting(GeneratedTable::name)
                .hasSize(24)
                .contains("catalog_sales", "date_dim", "inventory", "web_site")
                .doesNotContain("dbgen_version");
    }

    @Test
    void columnsHaveTheTypesOfTheSpecification() throws SQLException {
        assertThat(
                        duckDb(
                                """
                                SELECT column_name, column_type FROM (DESCRIBE
                                SELECT i_item_sk, i_item_id, i_rec_start_date, i_current_price,
                                    wr_order_number, wr_return_quantity, s_tax_precentage
                                FROM 'DATA/item.parquet', 'DATA/web_returns.parquet',
                                    'DATA/store.parquet')
                                """))
                .containsExactly(
                        List.of("i_item_sk", "INTEGER"),
                        List.of("i_item_id", "VARCHAR"),
                        List.of("i_rec_start_date", "DATE"),
                        List.of("i_current_price", "DECIMAL(7,2)"),
                        List.of("wr_order_number", "BIGINT"),
                        List.of("wr_return_quantity", "INTEGER"),
                        List.of("s_tax_precentage", "DECIMAL(5,2)"));
    }

    @Test
    void rowsAreThoseOfDsdgen() throws SQLException {
        assertThat(duckDb("SELECT count(*) FROM 'DATA/item.parquet'"))
                .containsExactly(List.of("2000"));
        assertThat(
                        duckDb(
                                "SELECT * FROM 'DATA/income_band.parquet' WHERE"
                                        + " ib_income_band_sk IN (1, 20) ORDER BY 1"))
                .containsExactly(List.of("1", "0", "10000"), List.of("20", "190001", "200000"));
        // Every second and third version of an item shares the key with the first.
        assertThat(
                        duckDb(
                                "SELECT i_item_sk, i_item_id, i_rec_start_date, i_rec_end_date FROM"
                                        + " 'DATA/item.parquet' WHERE i_item_sk <= 3 ORDER BY 1"))
                .containsExactly(
                        Arrays.asList("1", "AAAAAAAABAAAAAAA", "1997-10-27", null),
                        List.of("2", "AAAAAAAACAAAAAAA", "1997-10-27", "2000-10-26"),
                        Arrays.asList("3", "AAAAAAAACAAAAAAA", "2000-10-27", null));
    }

    @Test
    void valuesAreMissingWhereDsdgenLeavesThemOut() throws SQLException {
        assertThat(
                        duckDb(
                                """
                                SELECT count(wr_order_number) = count(*),
                                    count(wr_item_sk) = count(*),
                                    count(wr_returned_date_sk) BETWEEN 1 AND count(*) - 1,
                                    count(wr_return_amt) BETWEEN 1 AND count(*) - 1,
                                    count(*) FILTER (wr_net_loss < 0) = 0
                                FROM 'DATA/web_returns.parquet'
                                """))
                .containsExactly(List.of("true", "true", "true", "true", "true"));
        assertThat(
                        duckDb(
                                "SELECT count(*) FILTER (i_color <> rtrim(i_color)), "
                                        + "count(*) FILTER (i_color IS NULL) > 0 "
                                        + "FROM 'DATA/item.parquet'"))
                .containsExactly(List.of("0", "true"));
    }

    @Test
    void decimalsAreReadAsTheyAreWritten() {
        assertThat(TpcdsTables.unscaled("12.34", 2)).isEqualTo(1234);
        assertThat(TpcdsTables.unscaled("-0.05", 2)).isEqualTo(-5);
        assertThat(TpcdsTables.unscaled("7", 2)).isEqualTo(700);
        assertThat(TpcdsTables.unscaled("-3.1", 2)).isEqualTo(-310);
    }
}
