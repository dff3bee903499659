import org.apache.spark.sql.SparkSession;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Runs the SQL statements it is sent, one a line, in one Spark session with Delta Lake, and answers each
/// with a line: `ok`, or `error` and why. Java compiles it when it starts it.
public final class SparkWorker {
    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        System.setOut(System.err);
        SparkSession spark =
                SparkSession.builder()
                        .master("local[2]")
                        .appName("worker")
                        .config("spark.ui.enabled", "false")
                        .config("spark.driver.host", "127.0.0.1")
                        .config("spark.driver.bindAddress", "127.0.0.1")
                        .config("spark.sql.warehouse.dir", arguments[0])
                        .config("spark.sql.shuffle.partitions", "2")
                        .config("spark.sql.session.timeZone", "UTC")
                        .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
                        .config("spark.databricks.delta.snapshotPartitions", "2")
                        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
                        .config(
                                "spark.sql.catalog.spark_catalog",
                                "org.apache.spark.sql.delta.catalog.DeltaCatalog")
                        .getOrCreate();
        answers.println("ready");
        BufferedReader statements =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String statement = statements.readLine();
        while (statement != null) {
            try {
                spark.sql(statement).collect();
                answers.println("ok");
            } catch (Throwable e) {
                String why = e.getClass().getSimpleName() + ": " + e.getMessage();
                answers.println("error " + why.replaceAll("\\s+", " "));
                e.printStackTrace();
            }
            statement = statements.readLine();
        }
        spark.stop();
    }
}
